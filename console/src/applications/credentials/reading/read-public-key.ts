import { fromBase64 } from './base64.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { NotDer, readSequence } from './der.ts';
import { jwkOfPkcs1, jwkOfSpki, kindOf, type PublicJwk, thumbprintOf } from './jwk.ts';
import { readPem, writePem } from './pem.ts';
import { isPrivateKey } from './private-key.ts';

/** A public key that the server will take. */
export interface ReadPublicKey {
  readonly form: 'pem' | 'certificate' | 'jwk';
  /** Such as `RSA 2048`. */
  readonly kind: string;
  /** Such as `RS256`. */
  readonly algorithm: string;
  /** RFC 7638. */
  readonly thumbprint: string;
  /** From a JSON Web Key that has one. */
  readonly kid: string | undefined;
  readonly certificate: Pick<Certificate, 'subject' | 'notAfter'> | undefined;
  /** What to send. */
  readonly text: string;
}

/** Why a text cannot be used. */
export type Mistake =
  | 'private'
  | 'ssh'
  | 'request'
  | 'several'
  | 'encryption'
  | 'too_small'
  | 'kind'
  | 'expired'
  | 'not_yet'
  | 'too_large'
  | 'unreadable';

export type Reading =
  | { readonly outcome: 'nothing' }
  | { readonly outcome: 'usable'; readonly key: ReadPublicKey }
  | { readonly outcome: 'mistake'; readonly mistake: Mistake };

class Unusable extends Error {
  readonly mistake: Mistake;
  constructor(mistake: Mistake) {
    super(mistake);
    this.mistake = mistake;
  }
}

const MINUTE = 60_000;

/**
 * Says what a text is, as far as a public key could be made of it: PEM, X.509 certificate, JSON Web Key, or either of
 * the former without its lines. The server decides; this is so that people see at once what they have in their hands.
 * @param now the time, in milliseconds
 */
export async function readPublicKey(input: string, now: number): Promise<Reading> {
  const text = input.trim();
  if (text === '') return { outcome: 'nothing' };
  try {
    if (isPrivateKey(text)) throw new Unusable('private');
    return { outcome: 'usable', key: await (text.startsWith('{') ? fromJwk(text) : fromText(text, now)) };
  } catch (error) {
    const mistake = error instanceof Unusable ? error.mistake : 'unreadable';
    return { outcome: 'mistake', mistake };
  }
}

function fromText(text: string, now: number): Promise<ReadPublicKey> {
  if (/^(ssh-|ecdsa-|sk-)|BEGIN SSH2 PUBLIC KEY/.test(text)) throw new Unusable('ssh');
  const blocks = readPem(text);
  if (blocks.length > 1) throw new Unusable('several');
  const [block] = blocks;
  const bytes = block ? block.bytes : fromBase64(text);
  if (!bytes) throw new Unusable('unreadable');
  const label = block?.label ?? labelOf(bytes);
  const sent = block ? text : writePem(label, bytes);
  switch (label) {
    case 'CERTIFICATE':
      return fromCertificate(readCertificate(bytes), sent, now);
    case 'PUBLIC KEY':
      return describe(jwkOfSpki(readSequence(bytes)), { form: 'pem', text: sent });
    case 'RSA PUBLIC KEY':
      return describe(jwkOfPkcs1(readSequence(bytes)), { form: 'pem', text: sent });
    case 'CERTIFICATE REQUEST':
    case 'NEW CERTIFICATE REQUEST':
      throw new Unusable('request');
    default:
      throw new Unusable('unreadable');
  }
}

/** What the PEM lines would say, had somebody not left them out. */
function labelOf(bytes: Uint8Array): string {
  const attempts: [string, () => unknown][] = [
    ['CERTIFICATE', () => readCertificate(bytes)],
    ['PUBLIC KEY', () => jwkOfSpki(readSequence(bytes))],
    ['RSA PUBLIC KEY', () => jwkOfPkcs1(readSequence(bytes))],
  ];
  const found = attempts.find(([, attempt]) => {
    try {
      attempt();
      return true;
    } catch (error) {
      if (error instanceof NotDer) return false;
      throw error;
    }
  });
  return found?.[0] ?? '';
}

function fromCertificate({ subject, notBefore, notAfter, spki }: Certificate, text: string, now: number) {
  if (notAfter.getTime() <= now) throw new Unusable('expired');
  // Two clocks seldom agree, and certificates are added right after they are made.
  if (notBefore.getTime() > now + 5 * MINUTE) throw new Unusable('not_yet');
  return describe(jwkOfSpki(spki), { form: 'certificate', text, certificate: { subject, notAfter } });
}

function fromJwk(text: string): Promise<ReadPublicKey> {
  const jwk = JSON.parse(text) as Record<string, unknown>;
  if ('keys' in jwk) throw new Unusable('several');
  const { use, key_ops: operations, kid } = jwk;
  const isForSignatures = use === undefined || use === 'sig';
  if (!isForSignatures || (Array.isArray(operations) && !operations.includes('verify')))
    throw new Unusable('encryption');
  const more = typeof kid === 'string' ? { kid } : {};
  return describe(publicPart(jwk), { form: 'jwk', text, ...more });
}

function publicPart(jwk: Record<string, unknown>): PublicJwk | undefined {
  const member = (name: string) => {
    const value = jwk[name];
    if (typeof value !== 'string' || value === '') throw new Unusable('unreadable');
    return value;
  };
  switch (jwk['kty']) {
    case 'RSA':
      return { kty: 'RSA', n: member('n'), e: member('e') };
    case 'EC':
      return { kty: 'EC', crv: member('crv'), x: member('x'), y: member('y') };
    case 'OKP':
      return { kty: 'OKP', crv: member('crv'), x: member('x') };
    default:
      return undefined;
  }
}

async function describe(
  jwk: PublicJwk | undefined,
  origin: Pick<ReadPublicKey, 'form' | 'text'> & Partial<Pick<ReadPublicKey, 'kid' | 'certificate'>>,
): Promise<ReadPublicKey> {
  const found = jwk && kindOf(jwk, jwk.kty === 'RSA' ? fromBase64(jwk.n) : null);
  if (!jwk || found === undefined) throw new Unusable('kind');
  if (found === 'too_small') throw new Unusable('too_small');
  const { form, text, kid, certificate } = origin;
  return { form, ...found, thumbprint: await thumbprintOf(jwk), kid, certificate, text };
}
