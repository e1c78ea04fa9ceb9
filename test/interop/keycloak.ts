import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/postgres.ts';
import { Program, removeAll, run } from './program.ts';

/** What the machine must have for it. */
export const keycloakNeeds = ['java', 'mvn'] as const;

const version = '26.7.3';
/** It makes a program of itself at its first start, which takes a minute of two cores. */
const patience = 300_000;

/** Keycloak as published, as `start-dev` runs it, on a free port of this machine. */
export interface Keycloak {
  /** Without a slash at the end. */
  readonly url: string;
  readonly program: Program;
  end(): Promise<void>;
}

/** Where it will be, so that others can be told before it starts. */
export async function keycloakPlace(): Promise<{ port: number; url: string }> {
  const port = await freePort();
  // Another host name than that of Postern: cookies do not know of ports.
  return { port, url: `http://127.0.0.1:${port}` };
}

/** Installs it into a folder that is removed afterwards, and starts it with one realm, as the console exports it. */
export async function startKeycloak(
  { port, url }: { port: number; url: string },
  realm: { readonly realm: string },
): Promise<Keycloak> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-keycloak-'));
  try {
    const unpack = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack';
    const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:zip`;
    // In the folder itself, since the plugin leaves marks where it runs.
    run('mvn', ['--batch-mode', '--quiet', unpack, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`], {
      cwd: folder,
    });
    const home = join(folder, `keycloak-${version}`);
    mkdirSync(join(home, 'data', 'import'), { recursive: true });
    writeFileSync(join(home, 'data', 'import', `${realm.realm}-realm.json`), JSON.stringify(realm));
    const program = new Program({
      name: 'Keycloak',
      folder: home,
      command: [
        'sh',
        'bin/kc.sh',
        'start-dev',
        '--http-host=127.0.0.1',
        `--http-port=${port}`,
        '--cache=local',
        '--import-realm',
      ],
      environment: {
        JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m',
        ...(process.env['JAVA_HOME'] && { JAVA_HOME: process.env['JAVA_HOME'] }),
      },
    });
    const end = async () => {
      await program.end();
      removeAll(folder);
    };
    await program.answers(`${url}/realms/${realm.realm}`, patience);
    return { url, program, end };
  } catch (error) {
    removeAll(folder);
    throw error;
  }
}
