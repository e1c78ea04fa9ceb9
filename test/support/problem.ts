import assert from 'node:assert/strict';
import type { Answer } from './http.ts';

/** A problem document (RFC 9457) as the REST API answers with it. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: { path: string; message: string }[];
}

/** The answer is a problem document of that status and code. @returns the paths of the fields that it names */
export function refused(answer: Answer, status: number, code: string): string[] {
  assert.equal(answer.status, status, answer.text);
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  const problem = answer.json<ProblemDocument & Record<string, unknown>>();
  assert.equal(problem.code, code, answer.text);
  assert.equal(problem.status, status);
  for (const field of ['type', 'title', 'detail']) assert.equal(typeof problem[field], 'string');
  return (problem.errors ?? []).map(({ path }) => path);
}

/** An ID in the right form that nothing has. */
export const noId = '0123456789abcdef0123456789abcdef';
