import assert from 'node:assert/strict';
import { actOfOperator } from '../../server/model/act.ts';
import type { HandoverProvider } from '../../server/model/identity-provider.ts';
import { addScimToken } from '../../server/registry/identity-providers/scim-tokens.ts';
import { type Answer, type Headers, send, type Target } from './http.ts';
import { someProvider } from './identity-provider.ts';
import type { TestApp } from './test-app.ts';

/** A user as SCIM shows it; a test names the attributes that it looks at. */
export interface ScimView {
  readonly id: string;
  readonly userName: string;
  readonly active: boolean;
  readonly schemas: string[];
  readonly meta: { location: string; created: string; lastModified: string; resourceType: string };
  readonly [attribute: string]: unknown;
}

export interface ScimList {
  readonly totalResults: number;
  readonly startIndex: number;
  readonly itemsPerPage: number;
  readonly Resources: ScimView[];
}

export interface ScimErrorView {
  readonly schemas: string[];
  readonly status: string;
  readonly scimType?: string;
  readonly detail: string;
}

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
let made = 0;

/** The SCIM client of a provider. */
export class ScimClient {
  readonly target: Target;
  readonly provider: HandoverProvider;
  readonly token: string;

  constructor(target: Target, provider: HandoverProvider, token: string) {
    this.target = target;
    this.provider = provider;
    this.token = token;
  }

  /** @param path below /scim/v2 */
  call(
    method: string,
    path: string,
    body?: object | string | Uint8Array,
    headers: Headers = {},
  ): Promise<Answer> {
    return send(this.target, `/scim/v2${path}`, {
      method,
      ...(body !== undefined && {
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { 'content-type': 'application/scim+json' }),
        ...headers,
      },
    });
  }

  /** A call that must be answered with that status. @returns the JSON of the answer, or undefined where there is none */
  async must<T = ScimView>(status: number, method: string, path: string, body?: object): Promise<T> {
    const answer = await this.call(method, path, body);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.status} ${answer.text}`);
    return (answer.text === '' ? undefined : answer.json<T>()) as T;
  }

  /** A call that must be refused. */
  async refused(
    status: number,
    scimType: string | undefined,
    method: string,
    path: string,
    body?: object,
  ): Promise<ScimErrorView> {
    const error = await this.must<ScimErrorView>(status, method, path, body);
    assert.deepEqual(error.schemas, ['urn:ietf:params:scim:api:messages:2.0:Error']);
    assert.equal(error.status, String(status));
    assert.equal(error.scimType, scimType, error.detail);
    return error;
  }

  /** Makes a user. */
  create(attributes: object = {}): Promise<ScimView> {
    const name = `scim-${++made}@example.com`;
    return this.must(201, 'POST', '/Users', { schemas: [userSchema], userName: name, ...attributes });
  }

  get(id: string): Promise<ScimView> {
    return this.must(200, 'GET', `/Users/${id}`);
  }

  patch(id: string, ...operations: object[]): Promise<ScimView> {
    return this.must(200, 'PATCH', `/Users/${id}`, patchOf(...operations));
  }

  list(query: Record<string, string> = {}): Promise<ScimList> {
    return this.must(200, 'GET', `/Users?${new URLSearchParams(query)}`);
  }
}

/** The body of a PATCH. */
export function patchOf(...operations: object[]): object {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations };
}

/** The SCIM client of a provider of its own. */
export async function someScimClient(
  app: TestApp,
  fields: Partial<HandoverProvider> = {},
): Promise<ScimClient> {
  const provider = await someProvider(app, fields);
  const { token } = await addScimToken(app.services, actOfOperator(app.instance), provider.id, {
    name: 'SCIM of the tests',
  });
  return new ScimClient(app, provider, token);
}
