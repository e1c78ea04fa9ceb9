import { type Language, program } from '../../applications/connect/language.ts';
import { csharpCheck } from './csharp.ts';
import { goCheck } from './go.ts';
import { javaChecks } from './java.ts';
import { nginxChecks } from './nginx.ts';
import { nodeCheck } from './node.ts';
import { pythonCheck } from './python.ts';
import type { CheckValues } from './values.ts';

/** The programs and settings of all languages. */
export function checkLanguages(values: CheckValues): readonly Language[] {
  return [
    {
      id: 'node',
      name: 'Node.js',
      install: ['npm install jose@6'],
      ...program('node', 'check-token.mjs', nodeCheck(values)),
    },
    {
      id: 'python',
      name: 'Python',
      install: ['pip install pyjwt[crypto]'],
      ...program('python3', 'check-token.py', pythonCheck(values)),
    },
    {
      id: 'go',
      name: 'Go',
      install: ['go mod init check', 'go get github.com/coreos/go-oidc/v3/oidc'],
      ...program('go run', 'check-token.go', goCheck(values)),
    },
    {
      id: 'java',
      name: 'Java (Spring Boot)',
      install: [],
      run: undefined,
      files: javaChecks(values),
    },
    {
      id: 'csharp',
      name: '.NET',
      install: [],
      ...program('dotnet run', 'check-token.cs', csharpCheck(values)),
    },
    { id: 'nginx', name: 'nginx', install: [], run: undefined, files: nginxChecks(values) },
  ];
}
