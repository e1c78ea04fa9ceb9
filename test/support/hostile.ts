import type { Headers } from './http.ts';

/** Bodies that no honest client sends, for any route that takes one. */
export interface HostileBody {
  readonly name: string;
  readonly body: string | Uint8Array | undefined;
  readonly headers: Headers;
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };

/** Names that the server's forms and JSON bodies use; hostile values are sent under all of them. */
const names =
  'grant_type code refresh_token client_id client_secret redirect_uri code_verifier assertion client_assertion client_assertion_type token scope jwt_token email password name type role redirect_uris public_key description enabled scopes access_token_lifetime current_password locale domain lane request decision return_to form_token'.split(
    ' ',
  );

/** Values that are wrong for any text field. */
export const hostileValues: unknown[] = [
  {},
  [],
  [''],
  { a: 1 },
  true,
  1.5,
  -1,
  1e300,
  '\u0000',
  'a\u0000b',
  'a\nb\u0007',
  'x'.repeat(60_000),
];

function everyName(value: string): string {
  return names.map((name) => `${name}=${value}`).join('&');
}

export const hostileBodies: HostileBody[] = [
  { name: 'no body and no content type', body: undefined, headers: {} },
  { name: 'an empty form', body: '', headers: form },
  { name: 'empty JSON', body: '', headers: json },
  { name: 'plain text', body: everyName('x'), headers: { 'content-type': 'text/plain' } },
  {
    name: 'XML',
    body: '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    headers: { 'content-type': 'application/xml' },
  },
  {
    name: 'a multipart form',
    body: '--b\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\nx\r\n--b--\r\n',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  },
  { name: 'bytes without a content type', body: everyName('x'), headers: {} },
  { name: 'a content type that is none', body: everyName('x'), headers: { 'content-type': ';;;/' } },
  {
    name: 'JSON in UTF-16',
    body: Buffer.from('{"grant_type":"x"}', 'utf16le'),
    headers: { 'content-type': 'application/json; charset=utf-16' },
  },
  { name: 'a form of 70 KiB', body: `grant_type=${'x'.repeat(70 * 1024)}`, headers: form },
  { name: 'JSON of 70 KiB', body: JSON.stringify({ grant_type: 'x'.repeat(70 * 1024) }), headers: json },
  {
    name: 'ten thousand parameters',
    body: Array.from({ length: 10_000 }, (_, index) => `p${index}=`).join('&'),
    headers: form,
  },
  {
    name: 'ten thousand members',
    body: JSON.stringify(Object.fromEntries(Array.from({ length: 4_000 }, (_, index) => [`p${index}`, 1]))),
    headers: json,
  },
  { name: 'every parameter twice', body: `${everyName('x')}&${everyName('y')}`, headers: form },
  { name: 'NUL in every parameter', body: everyName('%00'), headers: form },
  { name: 'NUL in the names of parameters', body: 'grant_type%00=x&%00=%00', headers: form },
  {
    name: 'control characters in every parameter',
    body: everyName('%07%1b%0d%0aSet-Cookie:%20a=b'),
    headers: form,
  },
  {
    name: 'control characters in every member',
    body: JSON.stringify(Object.fromEntries(names.map((name) => [name, 'a\u0007\u001b\r\nb']))),
    headers: json,
  },
  {
    name: 'NUL in every member',
    body: JSON.stringify(Object.fromEntries(names.map((name) => [name, '\u0000']))),
    headers: json,
  },
  {
    name: 'a form that is not UTF-8',
    body: Buffer.from('grant_type=\xff\xfe&client_id=\xc3\x28', 'latin1'),
    headers: form,
  },
  { name: 'JSON that is not UTF-8', body: Buffer.from('{"grant_type":"\xff\xfe"}', 'latin1'), headers: json },
  { name: 'percent signs that encode nothing', body: everyName('%zz%'), headers: form },
  { name: 'percent signs that encode no UTF-8', body: everyName('%ff%c3%28'), headers: form },
  { name: 'a deep array', body: '['.repeat(20_000) + ']'.repeat(20_000), headers: json },
  { name: 'a deep object', body: `${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}`, headers: json },
  { name: 'a __proto__ key', body: '{"__proto__":{"polluted":true},"type":"web","name":"x"}', headers: json },
  {
    name: 'a constructor key',
    body: '{"constructor":{"prototype":{"polluted":true}},"name":"x"}',
    headers: json,
  },
  {
    name: 'the names that every object has',
    body: '__proto__=x&constructor=x&toString=x&hasOwnProperty=x&valueOf=x',
    headers: form,
  },
  { name: 'a JSON array', body: '[{"name":"x"}]', headers: json },
  { name: 'a JSON text', body: '"name"', headers: json },
  { name: 'a JSON number', body: '1e999', headers: json },
  { name: 'JSON null', body: 'null', headers: json },
  { name: 'JSON cut off', body: '{"grant_type":"auth', headers: json },
  { name: 'JSON with a byte order mark', body: '\ufeff[]', headers: json },
  ...hostileValues.map((value) => ({
    name: `${JSON.stringify(value).slice(0, 20)} in every member`,
    body: JSON.stringify(
      Object.fromEntries(
        names.map((name) => [name, typeof value === 'string' ? value.slice(0, 1000) : value]),
      ),
    ),
    headers: json,
  })),
  {
    name: 'a body that says it is compressed and is not',
    body: everyName('x'),
    headers: { ...form, 'content-encoding': 'gzip' },
  },
  { name: 'one parameter of 60 KB', body: `grant_type=${'%41'.repeat(20_000)}`, headers: form },
];

/** Queries that no honest client sends. */
export const hostileQueries: string[] = [
  '?',
  '?=&=&&&',
  '?client_id=%00&state=%00&return_to=%00&token=%00&limit=%00&cursor=%00&since=%00&type=%00',
  '?client_id=a&client_id=b&redirect_uri=a&redirect_uri=b&limit=1&limit=2&cursor=a&cursor=b&type=a&type=b&token=a&token=b&return_to=a&return_to=b',
  '?client_id[]=a&limit[]=1&type[a]=b&cursor[]=c',
  '?limit=%zz&cursor=%&type=%ff&token=%c3%28&return_to=%ff&client_id=%ff',
  '?__proto__=x&constructor=x&toString=x&__proto__[polluted]=true',
  '?limit=1e9&cursor=zzzz&since=yesterday&until=99999999999999999999&application_id=x&user_id=x',
  '?limit=0&cursor=&since=&until=',
  '?return_to=//evil.example.com&return_to=/\\evil.example.com',
  '?ui_locales=%00%20xx-XX-%F0%9F%97%9D%20a-b-c-d-e-f-g-h',
  `?${Array.from({ length: 1500 }, (_, index) => `p${index}=`).join('&')}`,
  `?state=${'x'.repeat(12_000)}`,
];

/** What stands where an ID belongs. */
export const hostileIds: string[] = [
  '%00',
  '%',
  '%zz',
  '%ff',
  '%c3%28',
  '..',
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e%2f',
  '0',
  '-1',
  'null',
  '__proto__',
  'constructor',
  'F'.repeat(32),
  `${'0'.repeat(32)}%00`,
  "'%20OR%201=1--",
  '%F0%9F%97%9D',
  'x'.repeat(5_000),
];

/** Headers that no honest client sends. */
export const hostileHeaders: Headers[] = [
  { cookie: 'postern=; postern=%00; __Host-postern=%zz; =; ;;;' },
  { cookie: `postern=${'A'.repeat(7_000)}` },
  { cookie: 'postern=\xff\xfe' },
  { authorization: 'Bearer' },
  { authorization: 'Bearer a.b.c' },
  { authorization: `Bearer ${'e30.'.repeat(2_000)}` },
  { authorization: 'Basic %%%' },
  { authorization: 'Basic OjpgOg==' },
  { authorization: `Basic ${Buffer.from('\u0000:\u0000').toString('base64')}` },
  { authorization: 'Negotiate YII=' },
  { 'accept-language': `${'xx-YY;q=nan,'.repeat(600)}` },
  { 'accept-language': '\xff, *;q=1e9, zh-Hans-Hant-Latn' },
  { accept: '\xff/\xff' },
  { origin: '\xff', 'sec-fetch-site': '\xff' },
  { referer: 'javascript:alert(1)', 'user-agent': `\xff${'x'.repeat(4_000)}` },
  {
    'x-forwarded-for': "'; DROP TABLE users; --",
    'x-forwarded-host': 'evil.example.com',
    'x-forwarded-proto': 'gopher',
  },
  { 'if-none-match': '"\xff"', range: 'bytes=-1,5-1' },
];
