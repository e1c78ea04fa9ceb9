import type { FastifyRequest } from 'fastify';
import type { ScimClient } from '../../accounts/scim/whose.ts';
import { invalidScimToken } from '../../authorizations/act.ts';
import { sha256 } from '../../base/master-secret.ts';
import { bearerToken } from '../../http/bearer.ts';
import { actOfScim } from '../../model/act.ts';
import { scimTokenPrefix } from '../../registry/identity-providers/scim-tokens.ts';
import type { Services } from '../../services.ts';
import { findScimToken } from '../../store/scim-tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose users the request is about; set on every route of SCIM. */
    scim: ScimClient;
  }
}

/**
 * Lets the SCIM client of an enabled provider of this instance in. What it writes is judged again in the transaction that does. Tokens have
 * 256 random bits: failures are not counted, since nobody gets further by making more of them.
 * @throws Refusal `invalid_token`
 */
export async function authenticateScim(services: Services, request: FastifyRequest): Promise<void> {
  const { instance, ip } = request;
  const token = bearerToken(request);
  if (
    token === undefined ||
    token.length !== scimTokenPrefix.length + 43 ||
    !token.startsWith(scimTokenPrefix)
  )
    throw invalidScimToken();
  const found = await findScimToken(services.db, instance.id, sha256(token));
  if (!found?.provider.enabled) throw invalidScimToken();
  const { provider, tokenId } = found;
  services.lastUsed.note('scim_tokens', instance.id, tokenId, services.clock());
  request.scim = { act: actOfScim(instance, provider, tokenId, ip), providerId: provider.id };
}
