import type { Id } from '../base/ids.ts';
import type { OpenidGrant, UserClaimName } from '../model/openid.ts';

/** The column `openid` of codes and authorizations. Members that say nothing are left out. */
interface Written {
  readonly sid: Id;
  readonly auth_time?: number;
  readonly amr: readonly string[];
  readonly acr: OpenidGrant['authenticationClass'];
  readonly nonce?: string;
  readonly id_token?: readonly UserClaimName[];
  readonly userinfo?: readonly UserClaimName[];
}

/** @param grant null where `openid` was not asked for */
export function writeOpenid(grant: OpenidGrant | null): string | null {
  if (!grant) return null;
  const { sessionId, authenticatedAt, methods, authenticationClass, nonce, idToken, userinfo } = grant;
  const written: Written = {
    sid: sessionId,
    ...(authenticatedAt !== null && { auth_time: authenticatedAt }),
    amr: methods,
    acr: authenticationClass,
    ...(nonce !== null && { nonce }),
    ...(idToken.length > 0 && { id_token: idToken }),
    ...(userinfo.length > 0 && { userinfo }),
  };
  return JSON.stringify(written);
}

/** What `writeOpenid` wrote; null where there is nothing. */
export function readOpenid(text: string | null): OpenidGrant | null {
  if (text === null) return null;
  const {
    sid,
    auth_time = null,
    amr,
    acr,
    nonce = null,
    id_token = [],
    userinfo = [],
  } = JSON.parse(text) as Written;
  return {
    sessionId: sid,
    authenticatedAt: auth_time,
    methods: amr,
    authenticationClass: acr,
    nonce,
    idToken: id_token,
    userinfo,
  };
}
