import { perform } from '../../authorizations/act.ts';
import type { Id } from '../../base/ids.ts';
import { instanceUrl } from '../../base/paths.ts';
import { recordAuditEvent } from '../../events/record.ts';
import type { Act } from '../../model/act.ts';
import type { Client } from '../../model/application.ts';
import { refuseCredentialOfOtherType } from '../../model/application-fields.ts';
import type { Instance } from '../../model/instance.ts';
import { findClientOfApplication, updateApplicationRow } from '../../store/applications.ts';
import { deleteLogoRow, type Logo, replaceLogo } from '../../store/logos.ts';
import type { Needs } from '../needs.ts';
import { lockExisting } from './existing.ts';
import { redrawLogo } from './image.ts';

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
 * @throws Refusal `application_not_found`, `not_for_type`, `logo_too_large`, `unsupported_image`, and those of an act (`perform`)
 */
export async function putLogo(needs: Needs, act: Act, applicationId: Id, bytes: Buffer): Promise<Client> {
  const logo = await redrawLogo(bytes);
  return setLogo(needs, act, applicationId, logo);
}

/**
 * Takes an application's logo away; nothing happens when there is none.
 * @throws Refusal `application_not_found`, `not_for_type`, and those of an act (`perform`)
 */
export async function deleteLogo(needs: Needs, act: Act, applicationId: Id): Promise<void> {
  await setLogo(needs, act, applicationId, null);
}

async function setLogo(needs: Needs, act: Act, applicationId: Id, logo: Logo | null): Promise<Client> {
  const { instance } = act;
  const client = await perform(needs, act, { authority: 'administrator' }, async ({ tx, now }) => {
    const before = await lockExisting(tx, instance.id, applicationId);
    refuseCredentialOfOtherType(before.type, 'logo');
    const after = { ...before, logoVersion: logo?.version ?? null, updatedAt: now };
    if (after.logoVersion !== before.logoVersion) {
      if (logo) await replaceLogo(tx, instance.id, applicationId, logo);
      else await deleteLogoRow(tx, instance.id, applicationId);
      await updateApplicationRow(tx, after);
      await recordAuditEvent(tx, now, {
        ...act,
        type: 'application.updated',
        applicationId,
        detail: {
          changed: ['logo_uri'],
          before: { logo_uri: logoUri(instance, before) },
          after: { logo_uri: logoUri(instance, after) },
        },
      });
    }
    return (await findClientOfApplication(tx, instance.id, applicationId)) as Client;
  });
  needs.clients.clear();
  return client;
}
