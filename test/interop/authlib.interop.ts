import { join } from 'node:path';
import { after, before } from 'node:test';
import { startApp, type TestApp } from '../support/test-app.ts';
import { tellOf } from './product.ts';
import { run } from './program.ts';

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
});
after(() => app.close());

const python = (installed: string) => join(installed, 'bin/python');

tellOf(
  {
    name: 'Authlib with Flask',
    folder: 'authlib',
    needs: ['python3'],
    install: (installed) => {
      run('python3', ['-m', 'venv', installed]);
      const requirements = join(import.meta.dirname, 'authlib/requirements.txt');
      run(python(installed), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
    },
    command: (installed) => [python(installed), '-m', 'flask', '--app', 'app', 'run'],
    environment: ({ PORT }) => ({ FLASK_RUN_PORT: PORT, PYTHONDONTWRITEBYTECODE: '1' }),
    redirectPath: '/callback',
    signOut: '/logout',
    tells: ['sub', 'name', 'email'],
    hears: 'at userinfo',
  },
  () => app,
);
