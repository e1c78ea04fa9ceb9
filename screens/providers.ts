import type { Id } from '../server/base/ids.ts';
import type { Instance } from '../server/model/instance.ts';
import type { Services } from '../server/services.ts';
import { noteProviderError } from '../server/store/identity-providers.ts';
import { Admin } from '../test/support/admin.ts';
import type { Person } from '../test/support/browser.ts';
import type { Target } from '../test/support/http.ts';
import { publicJwk, samlMetadata } from '../test/support/identity-providers.ts';

interface Begun {
  readonly target: Target;
  readonly instance: Instance;
  readonly administrator: Person;
  readonly user: Person;
}

/** Identity providers of every type, with what may go wrong, and somebody who comes by all of them. */
export async function addProviders(services: Services, world: Begun): Promise<Record<string, string>> {
  const { target, instance, administrator, user } = world;
  const admin = new Admin(target, administrator);
  const ids: Record<string, string> = {};
  for (const [name, fields] of Object.entries(madeUp)) {
    const { id } = await admin.must<{ id: string }>('POST', '/identity-providers', fields);
    ids[name] = id;
    await admin.must('POST', `/users/${user.id}/identities`, {
      provider_id: id,
      subject: name === 'saml' ? 'robin.sparrow@contoso-works-international-logistics.example' : '00u1f2g3h4',
    });
  }
  const failed = { id: ids['oidc'] as Id, instanceId: instance.id };
  const error =
    'The provider refused the client secret (invalid_client). Enter the one that it shows for the client postern-production.';
  await noteProviderError(services.db, failed, error, services.clock());
  services.lastUsed.note('identity_providers', instance.id, ids['saml'] as Id, services.clock());
  for (const name of ['Entra ID, production', 'Entra ID, staging'])
    await admin.must('POST', `/identity-providers/${ids['oidc']}/scim-tokens`, { name });
  return ids;
}

const madeUp = {
  oidc: {
    type: 'oidc',
    name: 'Contoso Works International Logistics (Entra ID)',
    issuer: 'https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0',
    client_id: '6e1f4b0e-3a52-4d3f-9c2a-2a4f2a7be0d1',
    client_secret: 'a made-up client secret',
    email_domains: [
      'contoso.example',
      'contoso-works.example',
      'logistics.contoso-works-international.example',
      'fabrikam.example',
      'fabrikam-and-sons.example',
    ],
    trusts_email: true,
    claims: {
      subject: 'oid',
      administrator: { claim: 'roles', values: ['Postern.Administrator', 'Global.Administrator'] },
      copy: ['department', 'employee_id'],
    },
  },
  saml: {
    type: 'saml',
    name: 'Fabrikam AD FS',
    metadata: samlMetadata,
    email_domains: ['adfs.fabrikam.example'],
    provisioning: 'existing',
    allow_unsolicited: true,
    claims: { email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress' },
  },
  handover: {
    type: 'handover',
    name: 'Harbour',
    login_url: 'https://harbour.example/hand-over',
    issuer: 'https://harbour.example',
    jwks: { keys: [publicJwk('2026-11'), publicJwk('2027-02')] },
    default: true,
  },
  off: {
    type: 'oidc',
    name: 'Google',
    issuer: 'https://accounts.google.com',
    client_id: '1234567890-abcdefghijklmnop.apps.googleusercontent.com',
    enabled: false,
    provisioning: 'existing',
  },
} as const;
