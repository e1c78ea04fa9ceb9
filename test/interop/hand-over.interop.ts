import { join } from 'node:path';
import { after, before } from 'node:test';
import { startApp, type TestApp } from '../support/test-app.ts';
import { type Language, tellOfHandOver } from './hand-over-program.ts';
import { run } from './program.ts';

// The endpoints that docs/sign-in.md shows in languages whose packages Postern does not have.

const python = (folder: string) => join(folder, 'venv/bin/python');

const languages: readonly Language[] = [
  {
    name: 'Python',
    folder: 'python',
    file: 'hand_over.py',
    needs: ['python3'],
    install: (folder) => {
      run('python3', ['-m', 'venv', join(folder, 'venv')]);
      run(python(folder), [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--requirement',
        join(folder, 'requirements.txt'),
      ]);
    },
    command: (folder, port) => [python(folder), '-m', 'flask', '--app', 'app', 'run', '--port', String(port)],
  },
  {
    name: 'Ruby',
    folder: 'ruby',
    file: 'hand_over.rb',
    needs: ['ruby', 'gem jwt', 'gem sinatra', 'gem webrick'],
    command: () => ['ruby', 'app.rb'],
  },
  {
    name: 'PHP',
    folder: 'php',
    file: 'public/hand-over.php',
    needs: ['php'],
    command: (_, port) => ['php', '-S', `localhost:${port}`, '-t', 'public', 'sign-in.php'],
    endpoint: '/hand-over.php',
    keySet: '/hand-over.php?jwks',
  },
  {
    name: 'Java',
    folder: 'java',
    file: 'src/main/java/example/HandOver.java',
    needs: ['java', 'mvn'],
    install: (folder) => run('mvn', ['--batch-mode', '--quiet', 'package'], { cwd: folder }),
    command: (folder, port) => ['java', '-jar', join(folder, 'target/app-1.jar'), `--server.port=${port}`],
  },
];

let app: TestApp;
before(async () => {
  app = await startApp({ engine: 'sqlite' });
});
after(() => app.close());

for (const language of languages) tellOfHandOver(language, () => app);
