import type { ApiView } from '../../../server/routes/api/shapes/api.ts';
import type { ApplicationView } from '../../../server/routes/api/shapes/application.ts';
import type { AuditEventView } from '../../../server/routes/api/shapes/audit-event.ts';
import type { AuthorizationViewSchema } from '../../../server/routes/api/shapes/authorization.ts';
import type { IdentityProviderView } from '../../../server/routes/api/shapes/identity-provider.ts';
import type { InstanceView } from '../../../server/routes/api/shapes/instance.ts';
import type { ScimTokenView } from '../../../server/routes/api/shapes/scim-token.ts';
import type { UserView } from '../../../server/routes/api/shapes/user.ts';

// The shapes of answers are those that the server checks its answers against.

export type Api = ApiView;
export type ApiScope = Api['scopes'][number];
export type Application = ApplicationView;
export type ApplicationType = Application['type'];
export type ClientSecret = NonNullable<Application['secrets']>[number];
export type PublicKey = NonNullable<Application['public_keys']>[number];
export type AuditEvent = AuditEventView;
export type Authorization = AuthorizationViewSchema;
export type Instance = InstanceView;
export type IdentityProvider = IdentityProviderView;
export type ProviderType = IdentityProvider['type'];
export type ScimToken = ScimTokenView;
export type User = UserView;
export type Identity = User['identities'][number];
export type { NewClientSecretView as NewClientSecret } from '../../../server/routes/api/shapes/credentials.ts';

/** A page of a list. */
export interface Page<Item> {
  readonly data: readonly Item[];
  /** Null: this was the last. */
  readonly next_cursor: string | null;
}

export interface ApplicationList extends Page<Application> {
  /** How many there are. */
  readonly total: number;
  /** How many there may be. */
  readonly max_applications: number;
}
