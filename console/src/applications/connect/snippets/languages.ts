import type { Application } from '../../../api/types.ts';
import { browserSnippet } from './browser.ts';
import { csharpSnippet } from './csharp.ts';
import { curlSnippet } from './curl.ts';
import { goSnippet } from './go.ts';
import { nodeSnippet } from './node.ts';
import { phpSnippet } from './php.ts';
import { pythonSnippet } from './python.ts';
import { type SnippetRequest, type Variable, variablesOf } from './request.ts';
import { type SnippetValues, type StepId, stepsOf } from './steps.ts';

export type LanguageId = 'browser' | 'curl' | 'node' | 'python' | 'go' | 'csharp' | 'php';

interface Language {
  readonly id: LanguageId;
  /** The same in every language that people speak. */
  readonly name: string;
  readonly extension: string;
  /** How a file of it is run. */
  readonly run: string;
  readonly write?: (request: SnippetRequest) => string;
}

const languages: readonly Language[] = [
  { id: 'browser', name: 'JavaScript', extension: 'js', run: '' },
  { id: 'curl', name: 'curl', extension: 'sh', run: 'sh', write: curlSnippet },
  { id: 'node', name: 'Node.js', extension: 'mjs', run: 'node', write: nodeSnippet },
  { id: 'python', name: 'Python', extension: 'py', run: 'python3', write: pythonSnippet },
  { id: 'go', name: 'Go', extension: 'go', run: 'go run', write: goSnippet },
  { id: 'csharp', name: 'C#', extension: 'cs', run: 'dotnet run', write: csharpSnippet },
  { id: 'php', name: 'PHP', extension: 'php', run: 'php', write: phpSnippet },
];

/** The languages that a type of application is shown in; that of browsers only where an application runs in one. */
export function languagesOf(type: Application['type']): readonly Language[] {
  return languages.filter(({ id }) => id !== 'browser' || type === 'spa');
}

/** A program for one step. */
export interface Snippet {
  readonly id: StepId;
  readonly text: string;
  readonly fileName: string;
  /** The command that runs it; undefined for what a page loads. */
  readonly command: string | undefined;
  readonly variables: readonly Variable[];
}

const fileNames: Record<StepId, string> = {
  sign_in: 'sign-in',
  code: 'get-token',
  client_credentials: 'get-token-with-secret',
  jwt: 'get-token-with-jwt',
  refresh: 'refresh-token',
  api: 'call-api',
  revoke: 'revoke-token',
};

/** The programs of a language, in the order in which a client needs them. */
export function snippetsOf(
  language: LanguageId,
  type: Application['type'],
  values: SnippetValues,
): readonly Snippet[] {
  const found = languages.find(({ id }) => id === language);
  if (!found) return [];
  const { extension, run, write } = found;
  const fileName = (id: StepId) => `${fileNames[id]}.${extension}`;
  if (!write)
    return (['sign_in', 'code', 'refresh', 'api', 'revoke'] as const).map((id) => ({
      id,
      text: browserSnippet(id, values) ?? '',
      fileName: fileName(id),
      command: undefined,
      variables: [],
    }));
  return stepsOf(type, values).map(({ id, request }) => ({
    id,
    text: write(request),
    fileName: fileName(id),
    command: `${run} ${fileName(id)}`,
    variables: variablesOf(request),
  }));
}
