import type { MasterSecret } from './base/master-secret.ts';
import type { Clock } from './base/units.ts';
import type { Database } from './store/engine/database.ts';

/** All that most rules need: the database, the time, and the secret that everything at rest is sealed with. */
export interface Core {
  readonly db: Database;
  readonly clock: Clock;
  readonly secret: MasterSecret;
}
