import { chmodSync, cpSync, globSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before } from 'node:test';
import { startApp, type TestApp } from '../support/test-app.ts';
import { tellOf } from './product.ts';
import { run } from './program.ts';

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
});
after(() => app.close());

/** Debian's packages, unpacked and not installed, so that the machine stays as it is. */
function install(installed: string): void {
  const packages = join(installed, 'packages');
  mkdirSync(join(packages, 'partial'), { recursive: true });
  run('apt-get', [
    ...['-o', `Dir::Cache::archives=${packages}`, '-o', 'APT::Sandbox::User=root'],
    ...['--assume-yes', '--no-install-recommends', '--download-only', '--reinstall'],
    ...['install', 'apache2', 'apache2-bin', 'libapache2-mod-auth-openidc'],
  ]);
  for (const file of globSync('*.deb', { cwd: packages }))
    run('dpkg-deb', ['--extract', join(packages, file), installed]);
  cpSync(join(import.meta.dirname, 'apache/site'), join(installed, 'site'), { recursive: true });
  // The workers run as another user.
  chmodSync(installed, 0o755);
}

tellOf(
  {
    name: 'Apache with mod_auth_openidc',
    folder: 'apache',
    // apt-get downloads for root alone.
    needs: ['apt-get', 'dpkg-deb', 'root'],
    install,
    command: (installed) => [
      join(installed, 'usr/sbin/apache2'),
      ...['-D', 'FOREGROUND', '-d', join(import.meta.dirname, 'apache'), '-f', 'apache2.conf'],
    ],
    environment: (_settings, installed) => ({
      INSTALLED: installed,
      MODULES: join(installed, 'usr/lib/apache2/modules'),
      LD_LIBRARY_PATH: dirname(globSync(join(installed, 'usr/lib/*/libcjose.so.0'))[0] ?? ''),
    }),
    redirectPath: '/callback',
    backchannelPath: '/callback?logout=backchannel',
    signOut: ({ BASE_URL }) => `/callback?logout=${encodeURIComponent(`${BASE_URL}/`)}`,
    tells: ['sub', 'name', 'email'],
    hears: 'by back-channel logout',
  },
  () => app,
);
