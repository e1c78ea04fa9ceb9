import type { Application } from '../../../api/types.ts';
import { type Language, program } from '../language.ts';
import { browserProgram } from './browser.ts';
import { csharpProgram } from './csharp.ts';
import { goProgram } from './go.ts';
import { javaPrograms } from './java.ts';
import { nodeProgram } from './node.ts';
import { phpProgram } from './php.ts';
import { pythonProgram } from './python.ts';
import { placeOf, type SignInValues } from './values.ts';

/** How users sign in to an application that is written in a language: what runs has the client secret in CLIENT_SECRET. */
export type SignInLanguage = Language;

/** The programs of all languages that applications of this type are written in. */
export function signInLanguages(type: Application['type'], values: SignInValues): readonly SignInLanguage[] {
  if (type === 'spa')
    return [
      {
        id: 'browser',
        name: 'JavaScript',
        install: ['npm install openid-client@6'],
        run: undefined,
        files: [{ fileName: 'sign-in.js', text: browserProgram(values) }],
      },
    ];
  return [
    {
      id: 'node',
      name: 'Node.js',
      install: ['npm install openid-client@6'],
      ...program('node', 'sign-in.mjs', nodeProgram(values)),
    },
    {
      id: 'python',
      name: 'Python',
      install: ['pip install flask authlib requests'],
      ...program('python3', 'sign-in.py', pythonProgram(values)),
    },
    {
      id: 'go',
      name: 'Go',
      install: ['go mod init signin', 'go get github.com/coreos/go-oidc/v3/oidc golang.org/x/oauth2'],
      ...program('go run', 'sign-in.go', goProgram(values)),
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
      ...program('dotnet run', 'sign-in.cs', csharpProgram(values)),
    },
    {
      id: 'php',
      name: 'PHP',
      install: ['composer require league/oauth2-client firebase/php-jwt'],
      ...program(`php -S localhost:${placeOf(values).port}`, 'sign-in.php', phpProgram(values)),
    },
  ];
}
