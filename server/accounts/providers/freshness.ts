import { type Instant, MINUTE, SECOND } from '../../base/units.ts';
import { type LoginRequest, ProviderProblem, type VouchedPerson } from './vouched.ts';

/** The clocks of two servers may differ by this much. */
const skew = MINUTE;

/**
 * Holds a provider to what it was asked for of the sign-in there (OpenID Connect Core 3.1.2.1): somebody who has to show who they are, now or
 * lately, must have done so. With `max_age` it has to tell when; with `prompt=login` alone, what it does not tell is believed.
 * @throws ProviderProblem `not_fresh`
 */
export function checkFreshness(
  { asked, startedAt }: Pick<LoginRequest, 'asked' | 'startedAt'>,
  { authenticatedAt }: VouchedPerson,
  now: Instant,
): void {
  const { prompt, maxAge } = asked;
  if (maxAge !== undefined) {
    if (authenticatedAt === null)
      throw new ProviderProblem(
        'not_fresh',
        'The provider was asked for a sign-in of a certain age (max_age), and did not tell when it was (auth_time).',
      );
    if (authenticatedAt + maxAge * SECOND + skew < now)
      throw new ProviderProblem(
        'not_fresh',
        `The provider was asked for a sign-in of at most ${maxAge} seconds ago (max_age), and its user signed in earlier.`,
      );
  }
  if (prompt === 'login' && authenticatedAt !== null && authenticatedAt + skew < startedAt)
    throw new ProviderProblem(
      'not_fresh',
      'The provider was asked to have its user sign in again (prompt=login), and did not do so.',
    );
}
