import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { startApp, type TestApp } from '../support/test-app.ts';
import { tellOfHandOver } from './hand-over-program.ts';

// The endpoint that docs/sign-in.md shows for Node.js; those in other languages are in hand-over.interop.ts.

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
});
after(() => app.close());

tellOfHandOver(
  {
    name: 'Node.js',
    folder: 'nodejs',
    file: 'hand-over.mjs',
    needs: [],
    install: (folder) => symlinkSync(join(import.meta.dirname, 'node_modules'), join(folder, 'node_modules')),
    command: () => [process.execPath, 'app.mjs'],
  },
  () => app,
);
