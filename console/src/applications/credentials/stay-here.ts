import { useEffect } from 'react';
import { useBlocker } from 'react-router';

/**
 * Keeps the user on this screen while something on it would be lost for ever: Back does nothing, and the browser asks
 * before the page is closed.
 */
export function useStayHere(isNeeded: boolean): void {
  const blocker = useBlocker(isNeeded);
  useEffect(() => {
    if (blocker.state === 'blocked') blocker.reset();
  }, [blocker]);
  useEffect(() => {
    if (!isNeeded) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [isNeeded]);
}
