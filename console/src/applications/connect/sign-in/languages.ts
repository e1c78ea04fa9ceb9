import type { Application } from '../../../api/types.ts';
import { browserProgram } from './browser.ts';
import { csharpProgram } from './csharp.ts';
import { goProgram } from './go.ts';
import { javaPrograms } from './java.ts';
import { nodeProgram } from './node.ts';
import { phpProgram } from './php.ts';
import { pythonProgram } from './python.ts';
import { placeOf, type SignInValues } from './values.ts';

/** A file of a program. */
export interface ProgramFile {
  /** Where it belongs, beside the others of the program. */
  readonly fileName: string;
  readonly text: string;
}

/** How users sign in to an application that is written in a language. */
export interface SignInLanguage {
  readonly id: string;
  /** The same in every language that people speak. */
  readonly name: string;
  /** The commands that bring the packages; none where the run does. */
  readonly install: readonly string[];
  /** What runs it, with the client secret in CLIENT_SECRET; undefined for what a page loads. */
  readonly run: string | undefined;
  readonly files: readonly ProgramFile[];
}

/** The programs of all languages that applications of this type are written in. */
export function signInLanguages(type: Application['type'], values: SignInValues): readonly SignInLanguage[] {
  const one = (fileName: string, text: string) => [{ fileName, text }];
  if (type === 'spa')
    return [
      {
        id: 'browser',
        name: 'JavaScript',
        install: ['npm install openid-client@6'],
        run: undefined,
        files: one('sign-in.js', browserProgram(values)),
      },
    ];
  return [
    {
      id: 'node',
      name: 'Node.js',
      install: ['npm install openid-client@6'],
      run: 'node sign-in.mjs',
      files: one('sign-in.mjs', nodeProgram(values)),
    },
    {
      id: 'python',
      name: 'Python',
      install: ['pip install flask authlib requests'],
      run: 'python3 sign-in.py',
      files: one('sign-in.py', pythonProgram(values)),
    },
    {
      id: 'go',
      name: 'Go',
      install: ['go mod init signin', 'go get github.com/coreos/go-oidc/v3/oidc golang.org/x/oauth2'],
      run: 'go run sign-in.go',
      files: one('sign-in.go', goProgram(values)),
    },
    {
      id: 'java',
      name: 'Java',
      install: [],
      run: 'mvn spring-boot:run',
      files: javaPrograms(values),
    },
    {
      id: 'csharp',
      name: 'C#',
      install: [],
      run: 'dotnet run sign-in.cs',
      files: one('sign-in.cs', csharpProgram(values)),
    },
    {
      id: 'php',
      name: 'PHP',
      install: ['composer require league/oauth2-client firebase/php-jwt'],
      run: `php -S localhost:${placeOf(values).port} sign-in.php`,
      files: one('sign-in.php', phpProgram(values)),
    },
  ];
}
