import type { HttpAnswer, HttpRequest } from './exchange.ts';
import { isSecret, masked } from './secret.ts';

/** Stands for what is put in when the request is sent. */
const notYet = '…';

/** A request as text. @param isRevealed whether secrets are readable in it */
export function formatRequest(request: HttpRequest, isRevealed: boolean): string {
  const { method = 'POST', url, headers, form } = request;
  const show = (name: string, value: string) =>
    value === '' ? notYet : isRevealed || !isSecret(name) ? encode(value) : masked(value);
  const head = [
    `${method} ${url}`,
    ...headers.map(({ name, value }) => `${name}: ${formatHeader(name, value, isRevealed)}`),
  ];
  if (method === 'GET') return head.join('\n');
  return [
    ...head,
    'Content-Type: application/x-www-form-urlencoded;charset=UTF-8',
    '',
    form.map(({ name, value }) => `${name}=${show(name, value)}`).join('\n&'),
  ].join('\n');
}

function encode(value: string): string {
  return new URLSearchParams({ v: value }).toString().slice(2);
}

function formatHeader(name: string, value: string, isRevealed: boolean): string {
  if (!isSecret(name)) return value;
  const [scheme = '', rest = ''] = value.split(' ');
  if (rest === '') return `${scheme} ${notYet}`;
  return isRevealed ? value : `${scheme} ${masked(rest)}`;
}

/** An answer as text, JSON laid out. @param isRevealed whether secrets are readable in it */
export function formatAnswer(answer: HttpAnswer, isRevealed: boolean): string {
  const { status, statusText, headers, text, json } = answer;
  const body = json
    ? JSON.stringify(
        json,
        (name, value: unknown) =>
          typeof value === 'string' && isSecret(name) && !isRevealed ? masked(value) : value,
        2,
      )
    : text;
  return [
    `${status} ${statusText}`.trim(),
    ...headers.map(({ name, value }) => `${name}: ${value}`),
    ...(body === '' ? [] : ['', body]),
  ].join('\n');
}
