import type { Id } from '../../base/ids.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Application } from '../../model/application.ts';
import { lockApplication } from '../../store/applications.ts';
import type { Transaction } from '../../store/engine/database.ts';

/**
 * Locks an application for the rest of the transaction.
 * @throws Refusal `application_not_found`
 */
export async function lockExisting(tx: Transaction, instanceId: Id, id: Id): Promise<Application> {
  const application = await lockApplication(tx, instanceId, id);
  if (!application) throw applicationNotFound();
  return application;
}

/** Also for an application of another instance, so that nobody learns that it exists. */
export function applicationNotFound(): Refusal {
  return new Refusal('application_not_found', 'There is no application with this ID.');
}
