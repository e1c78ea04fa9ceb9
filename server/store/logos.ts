import { type Id, idBytes } from '../base/ids.ts';
import type { Reader, Transaction } from './engine/database.ts';

/** An application's logo as it is served. */
export interface Logo {
  /** Changes with the image, so that its URL can be cached for ever. */
  readonly version: string;
  readonly mediaType: 'image/png' | 'image/webp';
  readonly image: Buffer;
}

/** The logo of that version; undefined when the application has another one or none. */
export async function findLogo(
  db: Reader,
  instanceId: Id,
  applicationId: Id,
  version: string,
): Promise<Logo | undefined> {
  const [row] = await db.sql<{ version: string; media_type: Logo['mediaType']; image: Uint8Array }>`
    SELECT version, media_type, image FROM application_logos
    WHERE application_id = ${idBytes(applicationId)} AND instance_id = ${idBytes(instanceId)}
      AND version = ${version}`;
  return row && { version: row.version, mediaType: row.media_type, image: Buffer.from(row.image) };
}

/** Puts the logo in the place of the one before. */
export async function replaceLogo(
  tx: Transaction,
  instanceId: Id,
  applicationId: Id,
  logo: Logo,
): Promise<void> {
  await tx.sql`
    INSERT INTO application_logos (application_id, instance_id, version, media_type, image)
    VALUES (${idBytes(applicationId)}, ${idBytes(instanceId)}, ${logo.version}, ${logo.mediaType}, ${logo.image})
    ON CONFLICT (application_id) DO UPDATE SET
      version = excluded.version, media_type = excluded.media_type, image = excluded.image`;
}

/** Deletes the image; the caller takes its version out of the application, in the same transaction. */
export async function deleteLogoRow(tx: Transaction, instanceId: Id, applicationId: Id): Promise<void> {
  await tx.sql`
    DELETE FROM application_logos
    WHERE application_id = ${idBytes(applicationId)} AND instance_id = ${idBytes(instanceId)}`;
}
