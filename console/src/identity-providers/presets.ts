import type { MessageKey } from '../intl/messages.ts';

/** What is known beforehand of a service that many have. */
export interface Preset {
  /** The same in every language; null for any other. */
  readonly name: string | null;
  /** What its issuers look like; the whole one where there is only one. */
  readonly issuer: string;
  readonly isWholeIssuer?: boolean;
  /** What has to be seen to there. */
  readonly note?: MessageKey;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Services that speak OpenID Connect, with the settings of docs/sign-in.md. */
export const presets = {
  other: { name: null, issuer: 'https://login.example.com' },
  keycloak: {
    name: 'Keycloak',
    issuer: 'https://id.example.com/realms/people',
    note: 'providers.preset_note_keycloak',
  },
  entra: {
    name: 'Microsoft Entra ID',
    issuer: 'https://login.microsoftonline.com/TENANT-ID/v2.0',
    note: 'providers.preset_note_entra',
    // `sub` is another for each application there, `oid` is what its SCIM client and its reports say.
    fields: { claims: { subject: 'oid' } },
  },
  google: {
    name: 'Google',
    issuer: 'https://accounts.google.com',
    isWholeIssuer: true,
    note: 'providers.preset_note_google',
    // Everybody in the world may have an account there.
    fields: { provisioning: 'existing' },
  },
  okta: { name: 'Okta', issuer: 'https://YOUR-DOMAIN.okta.com', note: 'providers.preset_note_okta' },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as PresetName[];
