import type { Id } from '../ids.ts';
import { lockApplication } from '../store/applications.ts';
import type { Transaction } from '../store/database.ts';
import type { Application } from './application.ts';
import { RegistryError } from './errors.ts';

/**
 * Locks an application for the rest of the transaction.
 * @throws RegistryError `application_not_found`
 */
export async function lockExisting(tx: Transaction, instanceId: Id, id: Id): Promise<Application> {
  const application = await lockApplication(tx, instanceId, id);
  if (!application) throw applicationNotFound();
  return application;
}

/** Also for an application of another instance, so that nobody learns that it exists. */
export function applicationNotFound(): RegistryError {
  return new RegistryError('application_not_found', 'There is no application with this ID.');
}
