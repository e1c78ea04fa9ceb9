import { perform } from '../../authorizations/act.ts';
import { endEverythingOf, endMostOf } from '../../authorizations/end.ts';
import { type Id, newId, randomId } from '../../base/ids.ts';
import { Refusal, refuseFieldErrors } from '../../base/refusal.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { Act } from '../../model/act.ts';
import { scopesOf } from '../../model/api.ts';
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
import {
  differences,
  givesPower,
  initialValues,
  type ValuesOf,
  withoutEmptyTexts,
} from '../../model/fields.ts';
import type { Instance } from '../../model/instance.ts';
import { requireRecentAuthentication } from '../../model/recent-authentication.ts';
import {
  deleteApplicationRow,
  findClientOfApplication,
  insertApplication,
  updateApplicationRow,
} from '../../store/applications.ts';
import { insertClientSecret } from '../../store/client-secrets.ts';
import { findInstance, giveApplicationPlaceBack, takeApplicationPlace } from '../../store/instances.ts';
import type { Needs } from '../needs.ts';
import { newClientSecret } from './client-secrets.ts';
import { lockExisting } from './existing.ts';

export type NewApplication = { type: ApplicationType; name: string } & Partial<ApplicationFields>;

/**
 * Registers an application, which takes a recent password.
 * @returns it, and for `web` and `machine` its first client secret, which nobody can be shown again
 * @throws Refusal `not_for_type`, `validation_failed`, `application_limit_reached`, `reauthentication_required`, and those of an
 *   act (`perform`)
 */
export async function createApplication(
  needs: Needs,
  act: Act,
  { type, ...given }: NewApplication,
): Promise<{ client: Client; clientSecret: string | null }> {
  const { instance, actor } = act;
  refuseFieldsOfOtherTypes(type, namesOf(given));
  const fields = withoutEmptyTexts(settableFieldLines, given);

  const made = await perform(needs, act, administrator, async ({ tx, now, authenticatedAt }) => {
    const hasPlace = await takeApplicationPlace(tx, instance.id);
    const current = (await findInstance(tx, instance.id)) ?? instance;
    const { scopes, maxApplications } = current;
    refuseFieldErrors(checkApplicationFields(type, fields, scopesOf(current)));
    if (!hasPlace)
      throw new Refusal(
        'application_limit_reached',
        `This instance has its ${maxApplications} applications. Delete one, or have the operator raise the limit: postern instance update NAME --max-applications N.`,
      );
    requireRecentAuthentication(authenticatedAt, now);

    const secret = typeHas(type, 'secrets') ? newClientSecret(now) : null;
    const id = newId(now);
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
      ...act,
      type: 'application.created',
      applicationId: id,
      detail: { type, name: application.name, ...(secret && { secret_id: secret.row.id }) },
    });
    const secrets = secret ? [{ ...secret.row, lastUsedAt: null }] : [];
    return { client: { application, secrets, publicKeys: [] }, clientSecret: secret?.text ?? null };
  });
  needs.clients.clear();
  return made;
}

/** One at a time: the instance counts its applications, and scopes are chosen from its own. */
const administrator = { authority: 'administrator', alone: true } as const;

/** Every field but the name as it is when nobody says otherwise; those that a type does not have stay so. */
function initialFields(
  type: ApplicationType,
  scopes: Instance['scopes'],
): Omit<ValuesOf<typeof applicationFields>, 'name'> {
  return initialValues(applicationFieldLines, { type, scopes }) as ReturnType<typeof initialFields>;
}

/**
 * Changes the fields that are given. What is there already is no change, and leaves no trace. What gives the application more power
 * takes a recent password.
 * @throws Refusal `application_not_found`, `not_for_type`, `validation_failed`, `reauthentication_required`, and those of an act
 *   (`perform`)
 */
export async function updateApplication(
  needs: Needs,
  act: Act,
  id: Id,
  given: Partial<ApplicationFields>,
): Promise<Client> {
  const { instance } = act;
  const fields = withoutEmptyTexts(settableFieldLines, given);
  // Scopes are chosen from the instance's, which may not lose one meanwhile.
  const takes = { ...administrator, alone: fields.scopes !== undefined };
  const client = await perform(needs, act, takes, async ({ tx, now, authenticatedAt }) => {
    const before = await lockExisting(tx, instance.id, id);
    refuseFieldsOfOtherTypes(before.type, namesOf(given));
    const current = fields.scopes ? ((await findInstance(tx, instance.id)) ?? instance) : instance;
    refuseFieldErrors(checkApplicationFields(before.type, fields, scopesOf(current)));

    const { changed, detail } = differences(settableFieldLines, before, fields);
    if (changed.length > 0) {
      if (givesPower(changed, fields)) requireRecentAuthentication(authenticatedAt, now);
      await updateApplicationRow(tx, { ...before, ...fields, updatedAt: now });
      await recordAuditEvent(tx, now, {
        ...act,
        type: 'application.updated',
        applicationId: id,
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
 * @throws Refusal `application_not_found`, and those of an act (`perform`)
 */
export async function deleteApplication(needs: Needs, act: Act, id: Id): Promise<void> {
  const { instance } = act;
  await endMostOf(needs, act, id);
  await perform(needs, act, administrator, async ({ tx, now }) => {
    const { type, name } = await lockExisting(tx, instance.id, id);
    await endEverythingOf(tx, now, act, id);
    await deleteApplicationRow(tx, instance.id, id);
    await giveApplicationPlaceBack(tx, instance.id);
    await recordAuditEvent(tx, now, {
      ...act,
      type: 'application.deleted',
      applicationId: id,
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
