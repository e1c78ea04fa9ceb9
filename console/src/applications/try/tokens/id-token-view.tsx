import { useEffect, useState } from 'react';
import type { MessageKey } from '../../../intl/messages.ts';
import { useText } from '../../../intl/text.ts';
import { addressesOf } from '../../connect/endpoints.ts';
import { Checks } from '../checks.tsx';
import {
  type Check,
  type CheckId,
  checkIdToken,
  type Expected,
  type PublishedKey,
} from './check-id-token.ts';
import { decodeJwt } from './decode.ts';
import { JwtView } from './jwt-view.tsx';

const words: Record<CheckId, MessageKey> = {
  signature: 'try.check_signature',
  iss: 'try.check_id_token_iss',
  aud: 'try.check_id_token_aud',
  exp: 'try.check_id_token_exp',
  nonce: 'try.check_nonce',
  at_hash: 'try.check_at_hash',
};

/** An ID token taken apart, with what a client checks before it believes it. */
export function IdTokenView({ idToken, expected }: { idToken: string; expected: Expected }) {
  const t = useText();
  const { issuer, clientId, nonce, accessToken } = expected;
  const [checks, setChecks] = useState<readonly Check[]>();
  useEffect(() => {
    let isGone = false;
    void publishedKeys(issuer)
      .then((keys) => checkIdToken(idToken, { issuer, clientId, nonce, accessToken }, keys, Date.now()))
      .then((made) => {
        if (!isGone) setChecks(made);
      });
    return () => {
      isGone = true;
    };
  }, [idToken, issuer, clientId, nonce, accessToken]);
  const { alg, kid } = decodeJwt(idToken)?.header ?? {};
  return (
    <JwtView jwt={idToken} title={t('try.id_token')} kind="identity">
      <p>{t('try.id_token_text')}</p>
      {checks && (
        <Checks
          checks={checks.map(({ id, holds }) => ({
            text: t(words[id], { alg: String(alg), kid: String(kid) }),
            holds,
          }))}
        />
      )}
    </JwtView>
  );
}

/** The server's public keys; none when they cannot be had, and then no signature is right. */
async function publishedKeys(issuer: string): Promise<readonly PublishedKey[]> {
  const { pathname } = new URL(addressesOf(issuer).jwks);
  try {
    const answer = await fetch(pathname, { credentials: 'omit' });
    return ((await answer.json()) as { keys: PublishedKey[] }).keys;
  } catch {
    return [];
  }
}
