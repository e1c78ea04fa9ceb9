import assert from 'node:assert/strict';
import { textOf } from './html-form.ts';
import type { Answer } from './http.ts';

/** Not a 5xx; and what is refused says why, in the shape of its surface. */
export function expectSentence(answer: Answer, what: string): void {
  assert.ok(
    answer.status > 0 && answer.status < 500,
    `${what} was answered ${answer.status} ${answer.text.slice(0, 500)}`,
  );
  if (
    answer.status < 400 ||
    answer.headers['content-length'] === '0' ||
    (answer.text === '' && /^HEAD/.test(what))
  )
    return;
  const type = answer.headers['content-type'] ?? '';
  const sentence = /json/.test(type) ? sentenceOf(answer) : textOf(answer.text);
  assert.ok(
    /\w+ \w+/.test(sentence),
    `${what} was answered ${answer.status} without a sentence: ${type} ${answer.text.slice(0, 300)}`,
  );
}

function sentenceOf(answer: Answer): string {
  const { error_description, detail, message } = answer.json<Record<string, string>>();
  return error_description ?? detail ?? message ?? '';
}
