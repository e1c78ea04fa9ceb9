import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDescription, checkEmail, checkName, checkWebUrl } from '../../server/base/text.ts';

describe('texts', () => {
  test('a name says something, in one line, in at most 200 characters', () => {
    for (const name of ['Workfront for ClientApp', '集成', '😀'.repeat(200), 'a'.repeat(200)])
      assert.equal(checkName(name), null);
    for (const name of [
      '',
      '   ',
      '\u200b',
      '\u00a0',
      'a\nb',
      'a\u0000',
      'a\u202eb',
      '\ud800',
      'a'.repeat(201),
    ])
      assert.notEqual(checkName(name), null, JSON.stringify(name));
  });

  test('a description may have line breaks but no other control characters', () => {
    assert.equal(checkDescription('one\r\ntwo\n\tthree'), null);
    assert.notEqual(checkDescription('a\u0000b'), null);
    assert.notEqual(checkDescription('a\rb'), null);
    assert.notEqual(checkDescription('a'.repeat(2001)), null);
  });

  test('a link that people are shown is a web page', () => {
    for (const url of ['https://example.com', 'http://example.com/about?x=1#us', 'https://exämple.com/'])
      assert.equal(checkWebUrl(url), null, url);
    for (const url of [
      'javascript:alert(1)',
      'data:,x',
      'example.com',
      '//example.com',
      'https://',
      'https://u:p@example.com',
      'https://a b.com',
      ' https://example.com',
      'https://example.com/\n',
      'ftp://example.com',
    ])
      assert.notEqual(checkWebUrl(url), null, url);
  });

  test('a developer’s email address is one', () => {
    for (const email of ['dev@example.com', 'a.b+c@example.co.uk', 'jürgen@example.com'])
      assert.equal(checkEmail(email), null, email);
    for (const email of [
      'dev',
      '@example.com',
      'dev@',
      'a@b@c',
      'a b@c.d',
      'a@b.c\n',
      'a\u0000@b.c',
      '<a@b.c>',
      `${'a'.repeat(251)}@b.c`,
    ])
      assert.notEqual(checkEmail(email), null, email);
  });
});
