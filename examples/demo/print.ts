import { styleText } from 'node:util';
import type { Exchange } from './browser.ts';

/** Writes the story to the terminal: what happens, then the request and the answer, with every secret cut short. */

let step = 0;

const write = (line: string) => void process.stdout.write(`${line}\n`);

export function heading(text: string): void {
  write(`\n${styleText('bold', text)}`);
}

export function line(text = ''): void {
  write(text);
}

/** Says in one line what comes next. */
export function explain(text: string): void {
  write(`\n${styleText('bold', `${++step}. ${text}`)}`);
}

/** A request and its answer. */
export function exchange({ method, url, headers, body, status, answerHeaders, answer }: Exchange): void {
  write(`   > ${method} ${url.origin}${url.pathname}${url.search && `?${parameters(url.search.slice(1))}`}`);
  for (const [name, value] of Object.entries(headers)) {
    if (/^(authorization|sessionid)$/i.test(name)) write(`     ${name}: ${header(value)}`);
  }
  if (body !== undefined) write(`     ${isForm(headers) ? parameters(body) : cut(json(body))}`);
  write(styleText(status < 400 ? 'green' : 'yellow', `   < ${status}${answered(answerHeaders, answer)}`));
}

/** What is secret, or good for something until it expires. */
const secrets =
  /^(code|access_token|refresh_token|client_secret|assertion|jwt_token|code_verifier|password|token|response|request|form_token|postern_login)$/;

function shorten(name: string, value: string): string {
  if (name === 'password') return '…';
  if (name === 'return_to') return value.replace(/\?.*/s, '?…');
  return secrets.test(name) ? ends(value) : value;
}

/** Enough to tell one token from another, and no more. */
function ends(value: string): string {
  return value.length > 24 ? `${value.slice(0, 8)}…${value.slice(-4)}` : value;
}

function parameters(text: string): string {
  return [...new URLSearchParams(text)]
    .map(([name, value]) => `${name}=${shorten(name, value).replaceAll(' ', '+')}`)
    .join('&');
}

function header(value: string): string {
  return value.replace(/\S+$/, ends);
}

function isForm(headers: Record<string, string>): boolean {
  return headers['Content-Type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

function json(text: string): string {
  return JSON.stringify(JSON.parse(text), (name, value: unknown) =>
    typeof value === 'string' ? shorten(name, value) : value,
  );
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)} …` : text;
}

function answered(headers: Headers, answer: string): string {
  const location = headers.get('Location');
  if (location !== null) {
    const [path, query] = location.split(/\?(.*)/s);
    return ` -> ${path}${query ? `?${parameters(query)}` : ''}`;
  }
  if (headers.get('Content-Type')?.includes('json')) return ` ${cut(json(answer))}`;
  const title = answer.match(/<title>([^<]*)/)?.[1];
  return title ? ` a page: ${title.trim()}` : '';
}
