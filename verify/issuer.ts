import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

/** An issuer of the tests: serves the public keys that `published` holds, and counts the fetches. */
export class Issuer {
  readonly #server: Server;
  readonly published = new Map<string, KeyPair>();
  metadata: Record<string, unknown> = {};
  fetches = 0;
  status = 200;
  /** What it answers instead of its keys. */
  answer: string | undefined;

  constructor() {
    this.#server = createServer(async (request, response) => {
      response.statusCode = this.status;
      if (request.url === '/.well-known/oauth-authorization-server')
        return response.end(JSON.stringify(this.metadata));
      if (request.url !== '/oauth2/jwks') return response.writeHead(404).end();
      this.fetches++;
      if (this.answer !== undefined) return response.end(this.answer);
      const keys = [...this.published].map(async ([kid, { publicKey }]) => {
        const jwk = await exportJWK(publicKey);
        return { ...jwk, kid, alg: jwk.kty === 'RSA' ? 'RS256' : 'ES256', use: 'sig' };
      });
      response.end(JSON.stringify({ keys: await Promise.all(keys) }));
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async publish(kid: string, alg: 'ES256' | 'RS256' = 'ES256'): Promise<void> {
    this.published.set(kid, await generateKeyPair(alg, { extractable: true }));
  }

  /** A token as the server makes it, but for what the test changes. */
  sign(
    changes: JWTPayload = {},
    header: { alg?: string; typ?: string; kid?: string } = {},
    by = 'first',
  ): Promise<string> {
    const key = this.published.get(by) as KeyPair;
    return new SignJWT({ ...this.goodClaims(), ...changes })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: by, ...header })
      .sign(key.privateKey);
  }

  goodClaims(): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: this.url,
      aud: this.url,
      sub: 'user-1',
      client_id: 'app-1',
      scope: 'api other',
      jti: 'jti-1',
      iat: now,
      exp: now + 600,
    };
  }
}
