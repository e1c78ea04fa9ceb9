import { type DerValue, NotDer, partAt, partsOf, readSequence, tags, toHex } from './der.ts';

/** What an X.509 certificate says (RFC 5280 4.1); nobody's signature is checked, since nobody's word is taken. */
export interface Certificate {
  /** For whom it was made: the common name, else the organization. */
  readonly subject: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The parts of its SubjectPublicKeyInfo. */
  readonly spki: readonly DerValue[];
}

/** @throws NotDer when it is no certificate */
export function readCertificate(bytes: Uint8Array): Certificate {
  const [body] = readSequence(bytes);
  if (body?.tag !== tags.sequence) throw new NotDer();
  const parts = partsOf(body);
  // The version may be left out.
  const first = parts[0]?.tag === tags.firstContext ? 1 : 0;
  partAt(parts, first, tags.integer);
  const [notBefore, notAfter] = partsOf(partAt(parts, first + 3, tags.sequence)).map(readTime);
  if (!notBefore || !notAfter) throw new NotDer();
  return {
    subject: readSubject(partAt(parts, first + 4, tags.sequence)),
    notBefore,
    notAfter,
    spki: partsOf(partAt(parts, first + 5, tags.sequence)),
  };
}

function readTime({ tag, content }: DerValue): Date {
  const digits = new TextDecoder('latin1').decode(content);
  // Two digits stand for 1950 to 2049.
  const century = tag === tags.utcTime ? (digits.slice(0, 2) < '50' ? '20' : '19') : '';
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(century + digits);
  if (!found) throw new NotDer();
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

const commonName = '550403';
const organization = '55040a';

function readSubject(name: DerValue): string | undefined {
  const attributes = new Map<string, string>();
  for (const set of partsOf(name))
    for (const attribute of partsOf(set)) {
      const [type, value] = partsOf(attribute);
      if (type && value) attributes.set(toHex(type.content), readText(value));
    }
  return attributes.get(commonName) || attributes.get(organization) || undefined;
}

function readText({ tag, content }: DerValue): string {
  return new TextDecoder(tag === tags.bmpString ? 'utf-16be' : 'utf-8').decode(content);
}
