import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type Servers } from '../processes.ts';
import { redirectUri, type Setting, type Subject } from '../subject.ts';
import { TokenQueue } from '../token-queue.ts';
import type { FloorSettings } from './main.ts';

/** The floor, with its file beside those of the others. */
export async function startFloor(servers: Servers, setting: Setting): Promise<Subject> {
  const directory = join(setting.directory, 'floor');
  await mkdir(directory);
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const settings: FloorSettings = {
    port,
    issuer,
    file: join(directory, 'floor.db'),
    web: { id: 'web', secret: 'the-secret-of-the-web-client-of-the-bench', redirectUri },
    machine: { id: 'machine', secret: 'the-secret-of-the-machine-client-of-the-bench' },
    assertionKey: setting.assertionKey.publicKey.export({ format: 'jwk' }),
    sessions: Array.from({ length: setting.users }, () => randomBytes(32).toString('base64url')),
  };
  const pid = await servers.start({
    file: 'bench/floor/main.ts',
    nodeOptions:
      setting.profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(setting.profile, 'floor')}`],
    settings: { BENCH: JSON.stringify(settings) },
    directory,
    answers: `http://127.0.0.1:${port}/jwks`,
  });
  return {
    name: 'floor',
    port,
    pid,
    issuer,
    paths: { authorize: '/authorize', token: '/token', introspect: '/introspect', jwks: '/jwks' },
    web: settings.web,
    machine: settings.machine,
    sessions: settings.sessions.map((value) => `session=${value}`),
    sessionToLose: `session=${settings.sessions[0]}`,
    tokenParameters: {},
    introspectedTokenParameters: {},
    assertion: {
      claims: { iss: settings.machine.id, sub: 'person', aud: issuer },
      parameters: (jwt) => ({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt }),
    },
    refreshTokens: new TokenQueue(),
    hotRefreshTokens: new TokenQueue(),
    people: [],
    api: null,
  };
}
