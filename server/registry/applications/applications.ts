import { endEverythingOf, endMostOf } from '../../authorizations/end.ts';
import { type Id, newId, randomId } from '../../base/ids.ts';
import { Refusal, refuseFieldErrors } from '../../base/refusal.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { Application, ApplicationType, Client } from '../../model/application.ts';
import {
  type ApplicationFields,
  applicationFieldLines,
  type applicationFields,
  checkApplicationFields,
  refuseFieldsOfOtherTypes,
  settableFieldLines,
  typeHas,
} from '../../model/application-fields.ts';
import type { Actor } from '../../model/event.ts';
import { differences, initialValues, type ValuesOf, withoutEmptyTexts } from '../../model/fields.ts';
import type { Instance } from '../../model/instance.ts';
import {
  deleteApplicationRow,
  findClientOfApplication,
  insertApplication,
  updateApplicationRow,
} from '../../store/applications.ts';
import { insertClientSecret } from '../../store/client-secrets.ts';
import {
  findInstance,
  giveApplicationPlaceBack,
  lockInstance,
  takeApplicationPlace,
} from '../../store/instances.ts';
import type { Needs } from '../needs.ts';
import { newClientSecret } from './client-secrets.ts';
import { lockExisting } from './existing.ts';

export type NewApplication = { type: ApplicationType; name: string } & Partial<ApplicationFields>;

/**
 * Registers an application.
 * @returns it, and for `web` and `machine` its first client secret, which nobody can be shown again
 * @throws Refusal `not_for_type`, `validation_failed`, `application_limit_reached`
 */
export async function createApplication(
  needs: Needs,
  instance: Instance,
  actor: Actor,
  ip: string | null,
  wish: NewApplication,
): Promise<{ client: Client; clientSecret: string | null }> {
  const { type, ...given } = wish;
  refuseFieldsOfOtherTypes(type, namesOf(given));
  const fields = withoutEmptyTexts(settableFieldLines, given);
  const now = needs.clock();
  const secret = typeHas(type, 'secrets') ? newClientSecret(now) : null;
  const id = newId(now);

  const client = await needs.db.transaction(async (tx) => {
    const hasPlace = await takeApplicationPlace(tx, instance.id);
    const { scopes, maxApplications } = (await findInstance(tx, instance.id)) ?? instance;
    refuseFieldErrors(checkApplicationFields(type, fields, scopes));
    if (!hasPlace)
      throw new Refusal(
        'application_limit_reached',
        `This instance has its ${maxApplications} applications. Delete one, or have the operator raise the limit: postern instance update NAME --max-applications N.`,
      );

    const application: Application = {
      ...initialFields(type, scopes),
      ...fields,
      id,
      instanceId: instance.id,
      type,
      clientId: randomId(),
      createdBy: actor.type === 'user' ? actor.id : null,
      createdAt: now,
      updatedAt: now,
      lastUsedAt: null,
    };
    await insertApplication(tx, application);
    if (secret) await insertClientSecret(tx, instance.id, id, secret.row);
    await recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'application.created',
      actor,
      applicationId: id,
      ip,
      detail: { type, name: application.name, ...(secret && { secret_id: secret.row.id }) },
    });
    return { application, secrets: secret ? [{ ...secret.row, lastUsedAt: null }] : [], publicKeys: [] };
  });
  needs.clients.clear();
  return { client, clientSecret: secret?.text ?? null };
}

/** Every field but the name as it is when nobody says otherwise; those that a type does not have stay so. */
function initialFields(
  type: ApplicationType,
  scopes: Instance['scopes'],
): Omit<ValuesOf<typeof applicationFields>, 'name'> {
  return initialValues(applicationFieldLines, { type, scopes }) as ReturnType<typeof initialFields>;
}

/**
 * Changes the fields that are given. What is there already is no change, and leaves no trace.
 * @throws Refusal `application_not_found`, `not_for_type`, `validation_failed`
 */
export async function updateApplication(
  needs: Needs,
  instance: Instance,
  actor: Actor,
  ip: string | null,
  id: Id,
  given: Partial<ApplicationFields>,
): Promise<Client> {
  const fields = withoutEmptyTexts(settableFieldLines, given);
  const now = needs.clock();
  const client = await needs.db.transaction(async (tx) => {
    // Scopes are chosen from the instance's, which may not lose one meanwhile.
    if (fields.scopes) await lockInstance(tx, instance.id);
    const before = await lockExisting(tx, instance.id, id);
    refuseFieldsOfOtherTypes(before.type, namesOf(given));
    const scopes = fields.scopes
      ? ((await findInstance(tx, instance.id)) ?? instance).scopes
      : instance.scopes;
    refuseFieldErrors(checkApplicationFields(before.type, fields, scopes));

    const { changed, detail } = differences(settableFieldLines, before, fields);
    if (changed.length > 0) {
      await updateApplicationRow(tx, { ...before, ...fields, updatedAt: now });
      await recordAuditEvent(tx, now, {
        instanceId: instance.id,
        type: 'application.updated',
        actor,
        applicationId: id,
        ip,
        detail,
      });
    }
    return (await findClientOfApplication(tx, instance.id, id)) as Client;
  });
  needs.clients.clear();
  return client;
}

/**
 * Deletes an application and ends everything it holds: authorizations, codes, consents, secrets, keys, logo.
 * @throws Refusal `application_not_found`
 */
export async function deleteApplication(
  needs: Needs,
  instance: Instance,
  actor: Actor,
  ip: string | null,
  id: Id,
): Promise<void> {
  const by = { instanceId: instance.id, applicationId: id, actor, ip };
  await endMostOf(needs, by);
  const now = needs.clock();
  await needs.db.transaction(async (tx) => {
    // The same order of locks as in creating: the instance, then the application.
    await lockInstance(tx, instance.id);
    const { type, name } = await lockExisting(tx, instance.id, id);
    await endEverythingOf(tx, now, by);
    await deleteApplicationRow(tx, instance.id, id);
    await giveApplicationPlaceBack(tx, instance.id);
    await recordAuditEvent(tx, now, {
      instanceId: instance.id,
      type: 'application.deleted',
      actor,
      applicationId: id,
      ip,
      detail: { type, name },
    });
  });
  needs.clients.clear();
}

function namesOf(fields: Partial<ApplicationFields>): string[] {
  return settableFieldLines
    .filter(({ property }) => fields[property as keyof ApplicationFields] !== undefined)
    .map(({ name }) => name);
}
