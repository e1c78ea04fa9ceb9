import { useEffect, useState } from 'react';

const signs = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchmove'] as const;

/** Whether somebody has done something in the window within so many milliseconds. */
export function useAttention(milliseconds: number): boolean {
  const [isThere, setThere] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const notice = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setThere(false), milliseconds);
      setThere(true);
    };
    notice();
    for (const sign of signs) addEventListener(sign, notice, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const sign of signs) removeEventListener(sign, notice);
    };
  }, [milliseconds]);
  return isThere;
}
