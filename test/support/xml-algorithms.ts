import { createHmac, sign } from 'node:crypto';
import type { SignedXml } from 'xml-crypto';

type Algorithms = SignedXml['SignatureAlgorithms'];
type Algorithm = InstanceType<Algorithms[string]>;

const dsigMore = 'http://www.w3.org/2001/04/xmldsig-more#';

/** An algorithm that signs by a function; nobody verifies by it. */
function signing(name: string, signed: (text: string, key: string) => Buffer): Algorithms {
  class Signs {
    getSignature(text: unknown, key: unknown) {
      return signed(String(text), String(key)).toString('base64');
    }
    verifySignature() {
      return false;
    }
    getAlgorithmName() {
      return name;
    }
  }
  return { [name]: Signs as unknown as new () => Algorithm };
}

/** What xml-crypto does not have of its own, and, at the end, what nobody should have. */
export const otherAlgorithms: Algorithms = {
  ...signing(`${dsigMore}rsa-sha384`, (text, key) => sign('sha384', Buffer.from(text), key)),
  ...signing(`${dsigMore}ecdsa-sha256`, (text, key) =>
    sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }),
  ),
  ...signing(`${dsigMore}ecdsa-sha512`, (text, key) =>
    sign('sha512', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }),
  ),
  ...signing(`${dsigMore}hmac-sha256`, (text, key) => createHmac('sha256', key).update(text).digest()),
};

/** A transform that does the same under another name. */
export function renamed(
  { CanonicalizationAlgorithms: known }: SignedXml,
  of: string,
  name: string,
): SignedXml['CanonicalizationAlgorithms'] {
  const Transform = known[of] as (typeof known)[string];
  class Renamed extends Transform {
    override getAlgorithmName() {
      return name;
    }
  }
  return { [name]: Renamed };
}
