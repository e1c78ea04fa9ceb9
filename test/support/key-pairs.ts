import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key pair of a machine application; the private half stays with the test. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  /** SPKI PEM. */
  readonly publicPem: string;
}

export function rsaKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { privateKey, publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** The pair and certificate of the command that Workfront's documents tell their readers to run. */
export function opensslCertificate(): { privatePem: string; certificatePem: string } {
  const directory = mkdtempSync(join(tmpdir(), 'postern-openssl-'));
  try {
    const command =
      'req -x509 -sha256 -nodes -newkey rsa:2048 -keyout private.key -out certificate_pub.crt -subj /CN=ClientApp';
    execFileSync('openssl', command.split(' '), { cwd: directory, stdio: 'ignore' });
    const read = (name: string) => readFileSync(join(directory, name), 'utf8');
    return { privatePem: read('private.key'), certificatePem: read('certificate_pub.crt') };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A JWT signed RS256 with exactly these claims and header fields. */
export function signRs256(
  privateKey: KeyObject | string,
  claims: object,
  header: object = { alg: 'RS256', typ: 'JWT' },
): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}
