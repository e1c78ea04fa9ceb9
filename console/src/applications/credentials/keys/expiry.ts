const DAY = 86_400_000;

/** So long before the end there is time to make another certificate and move programs over. */
const soon = 30 * DAY;

/** How near the end of a certificate is. @param now milliseconds */
export function expiryOf(notAfter: string | null, now: number): 'never' | 'far' | 'soon' | 'over' {
  if (notAfter === null) return 'never';
  const left = Date.parse(notAfter) - now;
  if (left <= 0) return 'over';
  return left <= soon ? 'soon' : 'far';
}
