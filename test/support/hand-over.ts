import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { completeHandOver, type HandOverAnswer } from '../../server/accounts/providers/hand-over.ts';
import {
  type Asked,
  type LoginRequest,
  ProviderProblem,
  type ProviderProblemKind,
  type VouchedPerson,
} from '../../server/accounts/providers/vouched.ts';
import { newId } from '../../server/base/ids.ts';
import { toUnixSeconds } from '../../server/base/units.ts';
import type { HandoverProvider, HandoverSettings } from '../../server/model/identity-provider.ts';
import { type PublishedPair, signedBy } from './key-host.ts';
import type { TestApp } from './test-app.ts';

/** A provider that hands users over, as a row of the instance would be; it is in no database. */
export function handOverProvider(app: TestApp, settings: Partial<HandoverSettings> = {}): HandoverProvider {
  return {
    id: newId(app.clock.now()),
    instanceId: app.instance.id,
    type: 'handover',
    name: 'Product',
    enabled: true,
    emailDomains: [],
    provisioning: 'create',
    trustsEmail: false,
    isDefault: false,
    claims: {},
    settings: {
      login_url: 'https://product.example.com/hand-over',
      issuer: 'https://product.example.com',
      jwks: null,
      jwks_uri: null,
      ...settings,
    },
    sealedSecret: null,
    createdAt: app.clock.now(),
    updatedAt: app.clock.now(),
    lastUsedAt: null,
    lastError: null,
    lastErrorAt: null,
  };
}

/** A trip of a browser to the provider that begins now. */
export function loginRequest(app: TestApp, provider: HandoverProvider, asked: Asked = {}): LoginRequest {
  return {
    id: randomBytes(32).toString('base64url'),
    providerId: provider.id,
    purpose: 'sign_in',
    startedAt: app.clock.now(),
    asked,
    returnTo: '/account',
  };
}

/** What a product says that does everything right. */
export function goodClaims(
  app: { readonly url: string; readonly clock: { now(): number } },
  login_request: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const now = toUnixSeconds(app.clock.now());
  return {
    iss: 'https://product.example.com',
    aud: app.url,
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    login_request,
    sub: 'customer-7:41',
    email: 'ada@example.com',
    email_verified: true,
    name: 'Ada Lovelace',
    locale: 'en',
    auth_time: now - 30,
    amr: ['pwd', 'otp'],
    claims: { plan: 'pro', seats: 12 },
    ...more,
  };
}

/** What comes of an answer. */
export function complete(
  app: TestApp,
  provider: HandoverProvider,
  request: LoginRequest,
  answer: HandOverAnswer,
): Promise<VouchedPerson> {
  return completeHandOver(app.services, app.instance, provider, request, answer);
}

/** Signs claims by a pair and gives what comes of them. */
export async function handOver(
  app: TestApp,
  provider: HandoverProvider,
  by: PublishedPair,
  claims: Record<string, unknown> = {},
  header: Record<string, string | undefined> = {},
): Promise<VouchedPerson> {
  const request = loginRequest(app, provider);
  const response = await signedBy(by, goodClaims(app, request.id, claims), header);
  return complete(app, provider, request, { response });
}

/** The sentence of the problem in which the work ends. */
export async function problemOf(
  work: Promise<unknown>,
  kind: ProviderProblemKind = 'bad_answer',
): Promise<string> {
  const error = await work.then(
    () => assert.fail('nobody should be handed over'),
    (error: unknown) => error,
  );
  if (!(error instanceof ProviderProblem)) throw error;
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, /^[A-Z][^\n]*[.)]$/, 'it is a sentence');
  return error.message;
}
