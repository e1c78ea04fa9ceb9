import { csharpCheck } from './csharp.ts';
import { goCheck } from './go.ts';
import { javaChecks } from './java.ts';
import { nginxChecks } from './nginx.ts';
import { nodeCheck } from './node.ts';
import { pythonCheck } from './python.ts';
import type { CheckValues } from './values.ts';

/** How access tokens are checked by what an API is written in. */
export interface CheckLanguage {
  readonly id: string;
  /** The same in every language that people speak. */
  readonly name: string;
  /** The commands that bring the packages. */
  readonly install: readonly string[];
  /** What runs it; undefined for what is a part of something larger. */
  readonly run: string | undefined;
  readonly files: readonly { readonly fileName: string; readonly text: string }[];
}

/** The programs and settings of all languages. */
export function checkLanguages(values: CheckValues): readonly CheckLanguage[] {
  const one = (fileName: string, text: string) => [{ fileName, text }];
  return [
    {
      id: 'node',
      name: 'Node.js',
      install: ['npm install jose@6'],
      run: 'node check-token.mjs',
      files: one('check-token.mjs', nodeCheck(values)),
    },
    {
      id: 'python',
      name: 'Python',
      install: ['pip install pyjwt[crypto]'],
      run: 'python3 check-token.py',
      files: one('check-token.py', pythonCheck(values)),
    },
    {
      id: 'go',
      name: 'Go',
      install: ['go mod init check', 'go get github.com/coreos/go-oidc/v3/oidc'],
      run: 'go run check-token.go',
      files: one('check-token.go', goCheck(values)),
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
      run: 'dotnet run check-token.cs',
      files: one('check-token.cs', csharpCheck(values)),
    },
    { id: 'nginx', name: 'nginx', install: [], run: undefined, files: nginxChecks(values) },
  ];
}
