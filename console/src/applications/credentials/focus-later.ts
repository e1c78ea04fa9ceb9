import { type RefObject, useEffect, useRef, useState } from 'react';

/**
 * Puts the focus on an element once what is drawn next has been drawn: after a dialog whose button is gone with what
 * was deleted, or cannot be pressed any more.
 */
export function useFocusLater<Focused extends HTMLElement>(): [RefObject<Focused | null>, () => void] {
  const target = useRef<Focused>(null);
  const [wishes, setWishes] = useState(0);
  useEffect(() => {
    if (wishes > 0) target.current?.focus();
  }, [wishes]);
  return [target, () => setWishes((count) => count + 1)];
}
