import { type RefObject, useEffect, useRef, useState } from 'react';

/**
 * Puts the focus on an element once what is drawn next has been drawn: after a dialog whose button is gone with what
 * was deleted, or cannot be pressed any more.
 */
export function useFocusLater<Focused extends HTMLElement>(): [RefObject<Focused | null>, () => void] {
  const target = useRef<Focused>(null);
  const [requests, setRequests] = useState(0);
  useEffect(() => {
    if (requests > 0) target.current?.focus();
  }, [requests]);
  return [target, () => setRequests((count) => count + 1)];
}
