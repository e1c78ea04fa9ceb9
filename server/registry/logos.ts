import type { Id } from '../ids.ts';
import type { Services } from '../services.ts';
import { findClientOfApplication, updateApplicationRow } from '../store/applications.ts';
import { type Actor, recordAuditEvent } from '../store/audit-events.ts';
import { deleteLogoRow, type Logo, replaceLogo } from '../store/logos.ts';
import type { Client } from './application.ts';
import { refuseCredentialOfOtherType } from './application-fields.ts';
import { lockExisting } from './existing-application.ts';
import { redrawLogo } from './image.ts';
import { type Instance, instanceUrl } from './instance.ts';

/** Where a logo is served; null without one. */
export function logoUri(
  instance: Instance,
  application: { id: Id; logoVersion: string | null },
): string | null {
  return (
    application.logoVersion && instanceUrl(instance, `/logos/${application.id}/${application.logoVersion}`)
  );
}

/**
 * Gives an application a logo, in the place of the one before.
 * @throws RegistryError `application_not_found`, `not_for_type`, `logo_too_large`, `unsupported_image`
 */
export async function putLogo(
  services: Services,
  instance: Instance,
  actor: Actor,
  ip: string | null,
  applicationId: Id,
  bytes: Buffer,
): Promise<Client> {
  const logo = await redrawLogo(bytes);
  return setLogo(services, instance, actor, ip, applicationId, logo);
}

/**
 * Takes an application's logo away; nothing happens when there is none.
 * @throws RegistryError `application_not_found`, `not_for_type`
 */
export async function deleteLogo(
  services: Services,
  instance: Instance,
  actor: Actor,
  ip: string | null,
  applicationId: Id,
): Promise<void> {
  await setLogo(services, instance, actor, ip, applicationId, null);
}

async function setLogo(
  services: Services,
  instance: Instance,
  actor: Actor,
  ip: string | null,
  applicationId: Id,
  logo: Logo | null,
): Promise<Client> {
  const now = services.clock();
  const client = await services.db.transaction(async (tx) => {
    const before = await lockExisting(tx, instance.id, applicationId);
    refuseCredentialOfOtherType(before.type, 'logo');
    const after = { ...before, logoVersion: logo?.version ?? null, updatedAt: now };
    if (after.logoVersion !== before.logoVersion) {
      if (logo) await replaceLogo(tx, instance.id, applicationId, logo);
      else await deleteLogoRow(tx, instance.id, applicationId);
      await updateApplicationRow(tx, after);
      await recordAuditEvent(tx, now, {
        instanceId: instance.id,
        type: 'application.updated',
        actor,
        applicationId,
        ip,
        detail: {
          changed: ['logo_uri'],
          before: { logo_uri: logoUri(instance, before) },
          after: { logo_uri: logoUri(instance, after) },
        },
      });
    }
    return (await findClientOfApplication(tx, instance.id, applicationId)) as Client;
  });
  services.clients.clear();
  return client;
}
