import assert from 'node:assert/strict';
import { samlRequestId } from '../../server/accounts/providers/saml/request.ts';
import { serviceOf } from '../../server/accounts/providers/saml/service.ts';
import { completeSaml, samlMetadata } from '../../server/accounts/providers/saml.ts';
import {
  type LoginRequest,
  ProviderProblem,
  type ProviderProblemKind,
  type VouchedPerson,
} from '../../server/accounts/providers/vouched.ts';
import { createFetchSafely } from '../../server/base/fetch-safely.ts';
import { newId } from '../../server/base/ids.ts';
import { randomToken } from '../../server/base/master-secret.ts';
import type { SamlProvider, SamlSettings } from '../../server/model/identity-provider.ts';
import type { Instance } from '../../server/model/instance.ts';
import { KnownSamlMetadata } from '../../server/registry/identity-providers/known-saml-metadata.ts';
import { encoded, type Said, SamlIdp } from './saml-idp.ts';

// One browser on its way to a SAML provider and back, without the server around it: the rules of the protocol, and a provider.

export const instance = { url: 'http://localhost:3000' } as Instance;

export function providerWith(
  settings: Partial<SamlSettings>,
  more: Partial<SamlProvider> = {},
): SamlProvider {
  return {
    id: newId(Date.now()),
    instanceId: newId(Date.now()),
    type: 'saml',
    name: 'A customer',
    enabled: true,
    emailDomains: [],
    provisioning: 'create',
    trustsEmail: false,
    isDefault: false,
    claims: {},
    settings: { metadata: null, metadata_url: null, allow_unsolicited: false, ...settings },
    sealedSecret: null,
    createdAt: 0,
    updatedAt: 0,
    lastUsedAt: null,
    lastError: null,
    lastErrorAt: null,
    ...more,
  };
}

/** A provider, and somebody who was sent there. */
export function samlTrip(
  idp = new SamlIdp(),
  settings: Partial<SamlSettings> = { metadata: idp.metadata() },
) {
  const clock = stoppedClock();
  const needs = {
    clock: clock.now,
    samlMetadata: new KnownSamlMetadata(createFetchSafely({ trustedHosts: [] }), clock.now),
  };
  const provider = providerWith(settings);
  const request = loginRequest(provider, clock.now());
  /** What the provider would have to know to answer that request. */
  const asked = (of = request, by = provider) => {
    const { entityId, acsUrl } = serviceOf(instance, by);
    return { now: clock.now(), audience: entityId, acsUrl, inResponseTo: of && samlRequestId(of) };
  };
  const answer = (said: Partial<Said> = {}) => idp.response({ ...asked(), ...said });
  const complete = (xml: string, of: LoginRequest | null = request, by = provider): Promise<VouchedPerson> =>
    completeSaml(needs, instance, by, of, encoded(xml));
  /** Sends a response that must let nobody in. @returns what the administrator is told */
  const refuses = async (
    xml: string,
    kind: ProviderProblemKind = 'bad_answer',
    of: LoginRequest | null = request,
  ): Promise<string> => {
    const problem = await complete(xml, of).then(
      ({ claims }) => assert.fail(`let in ${JSON.stringify(claims)}`),
      (error: unknown) => error,
    );
    assert.ok(problem instanceof ProviderProblem, String(problem));
    assert.equal(problem.kind, kind, problem.message);
    return problem.message;
  };
  return {
    idp,
    clock,
    needs,
    provider,
    request,
    asked,
    answer,
    complete,
    refuses,
    metadata: samlMetadata(instance, provider),
  };
}

/** A clock that stands still between two statements of a test. */
function stoppedClock() {
  let now = Date.parse('2026-12-01T12:00:00Z');
  return {
    now: () => now,
    advance: (by: number) => {
      now += by;
    },
  };
}

export function loginRequest(
  { id }: SamlProvider,
  startedAt: number,
  asked: LoginRequest['asked'] = {},
): LoginRequest {
  return { id: randomToken(), providerId: id, purpose: 'sign_in', startedAt, asked, returnTo: '/account' };
}
