import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/**
 * What a derived key is for. Each purpose has its own key, so that nothing made for one is good for another, and each key serves one
 * algorithm: those of this list make MACs, those of the other seal. A key comes from its purpose's name, which therefore stays.
 */
export type MacPurpose =
  | 'refresh-token'
  | 'form-token'
  | 'login-limit'
  | 'client-limit'
  | 'known-browser'
  | 'login-request';
export type SealingPurpose =
  | 'signing-key'
  | 'consent-form'
  | 'sign-out-form'
  | 'provider-secret'
  | 'login-cookie'
  | 'link-form'
  | 'pushed-request';
type Purpose = MacPurpose | SealingPurpose;

/** POSTERN_SECRET cannot open what this database holds. */
export class WrongSecret extends Error {
  override name = 'WrongSecret';
}

/**
 * Everything that is sealed or MACed at rest comes from here. Of several master secrets the first writes and
 * all read, which is how an operator replaces one.
 */
export class MasterSecret {
  readonly #secrets: readonly string[];
  readonly #derived = new Map<Purpose, readonly KeyObject[]>();

  /** @param secrets each of 32 bytes or more; at least one */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  #keys(purpose: Purpose): readonly KeyObject[] {
    let keys = this.#derived.get(purpose);
    if (!keys) {
      keys = this.#secrets.map((secret) =>
        createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `postern/${purpose}`, 32))),
      );
      this.#derived.set(purpose, keys);
    }
    return keys;
  }

  /** HMAC-SHA-256 of the data under the writing key of this purpose: 32 bytes. */
  mac(purpose: MacPurpose, data: Uint8Array | string): Buffer {
    return createHmac('sha256', this.#keys(purpose)[0] as KeyObject)
      .update(data)
      .digest();
  }

  /**
   * HMAC-SHA-256 of the data under every key of this purpose, for what is looked up by its MAC. Sorted, so that processes with
   * the same secrets in another order go through them in one order.
   */
  macs(purpose: MacPurpose, data: Uint8Array | string): readonly Buffer[] {
    return this.#keys(purpose)
      .map((key) => createHmac('sha256', key).update(data).digest())
      .sort(Buffer.compare);
  }

  /** Whether one of the reading keys made this MAC, in constant time for each key. */
  verifyMac(purpose: MacPurpose, data: Uint8Array | string, mac: Uint8Array): boolean {
    return this.#keys(purpose).some((key) => {
      const expected = createHmac('sha256', key).update(data).digest();
      return mac.byteLength === expected.byteLength && timingSafeEqual(expected, mac);
    });
  }

  /** AES-256-GCM: nonce (12 bytes), ciphertext, tag (16 bytes). The context is authenticated, not stored. */
  seal(purpose: SealingPurpose, plain: Uint8Array | string, context: string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#keys(purpose)[0] as KeyObject, nonce);
    cipher.setAAD(Buffer.from(context));
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /**
   * What was sealed for this purpose and context.
   * @returns the plain bytes and whether the writing secret had sealed them (else they want sealing anew), or
   *   undefined when no secret opens them
   */
  open(
    purpose: SealingPurpose,
    sealed: Uint8Array,
    context: string,
  ): { plain: Buffer; current: boolean } | undefined {
    if (sealed.byteLength < 28) return undefined;
    const bytes = Buffer.from(sealed);
    for (const [index, key] of this.#keys(purpose).entries()) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
        decipher.setAAD(Buffer.from(context));
        decipher.setAuthTag(bytes.subarray(-16));
        return {
          plain: Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]),
          current: index === 0,
        };
      } catch {
        // Sealed under another secret, or not sealed by us: the next secret tells.
      }
    }
    return undefined;
  }
}

/** How random values are stored: SHA-256 of 256 random bits needs no salt and no slowness. */
export function sha256(data: string | Uint8Array): Buffer {
  return hash('sha256', data, 'buffer');
}

/** A random value of 256 bits in base64url: 43 characters that need no encoding anywhere. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}
