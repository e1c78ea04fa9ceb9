import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort } from '../support/postgres.ts';
import { runSignInProgram, shownFor, visitSignInProgram } from '../support/sign-in-program.ts';
import { startApp, type TestApp } from '../support/test-app.ts';
import { run } from './program.ts';

// The programs of the console's tab Connect whose packages Postern does not have; those for Node.js and the browser are
// in test/console/sign-in-programs.test.ts.

const languages: Record<string, { needs: readonly string[]; prepare?: (folder: string) => void }> = {
  python: { needs: ['python3'], prepare: (folder) => run('python3', ['-m', 'venv', join(folder, 'venv')]) },
  go: { needs: ['go'] },
  java: { needs: ['java', 'mvn'] },
  csharp: { needs: ['dotnet'] },
  php: { needs: ['php', 'composer'] },
};

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
});
after(() => app.close());

for (const [id, { needs, prepare }] of Object.entries(languages))
  describe(`the program that the console shows in ${id}`, () => {
    const missing = needs.find((command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0);
    const skip = missing === undefined ? false : `${missing} is not on this machine`;
    const folder = mkdtempSync(join(tmpdir(), `postern-sign-in-${id}-`));
    after(() => rmSync(folder, { recursive: true, force: true }));
    /** With the interpreter of the environment that `prepare` makes, before all others. */
    const path = `PATH=${join(folder, 'venv/bin')}:$PATH`;

    before(() => {
      if (skip) return;
      prepare?.(folder);
      const { install } = shownFor(id, {
        issuer: app.url,
        clientId: '',
        redirectUri: 'http://localhost/',
        scopes: [],
        algorithm: 'ES256',
        signedOutUri: undefined,
      });
      for (const command of install) run('sh', ['-c', `${path} ${command}`], { cwd: folder });
    });

    for (const algorithm of ['ES256', 'RS256'] as const)
      test(`signs its visitor in and out as it is, and believes no other answer (${algorithm})`, {
        skip,
      }, async () => {
        const port = await freePort();
        const program = await runSignInProgram(app, id, { folder, port, algorithm, path });
        try {
          await visitSignInProgram(app, program);
        } finally {
          await program.stop();
        }
      });
  });
