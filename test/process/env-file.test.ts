import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseEnv } from 'node:util';
import { EnvFileError, parseEnvText, readEnvFile } from '../../server/process/env-file.ts';
import { ServerProcess } from '../support/server-process.ts';

// The file `.env`: what docs/operations.md promises of quotes, comments and encodings, and that nothing in it is lost in silence.

const settingsOf = (text: string) => parseEnvText(text, '.env');

describe('in a .env file', () => {
  for (const [what, text, value] of [
    ['a value ends at the end of the line', 'A=some value', 'some value'],
    ['white space around name and value does not count', '  A =  some value  ', 'some value'],
    ['a value may be empty', 'A=', ''],
    ['export is allowed', 'export A=1', '1'],
    ['a # after white space begins a comment', 'A=some value # and why', 'some value'],
    ['a # in the place of the value begins a comment', 'A=# nothing', ''],
    ['a # in double quotes belongs to the value', 'A="some # value" # and why', 'some # value'],
    ['a # in single quotes belongs to the value', "A='a#b'", 'a#b'],
    ['a # in backquotes belongs to the value', 'A=`a"\'#b`', 'a"\'#b'],
    ['white space in quotes belongs to the value', 'A=" some value "', ' some value '],
    ['quotes within a value are characters', `A=it's "so"`, `it's "so"`],
    ['a quote cannot be escaped, and a backslash is a character', String.raw`A='a\b'`, String.raw`a\b`],
    ['\\n in double quotes is a line end, elsewhere not', String.raw`A="a\nb"`, 'a\nb'],
    [
      'what is quoted may have several lines',
      'A="first\nsecond # no comment\n"\nB=2',
      'first\nsecond # no comment\n',
    ],
    ['$ and other = are characters', 'A=$B=$(C)', '$B=$(C)'],
    ['of several lines with one name the last counts', 'A=1\nA=2', '2'],
    ['lines may end as on Windows', 'A=1\r\n# comment\r\n\r\nB=2\r\n', '1'],
  ] as const)
    test(what, () => assert.equal(settingsOf(text)['A'], value));

  for (const [what, number, text] of [
    ['without =', 2, 'A=1\nPOSTERN_URL https://login.example.com'],
    ['with : instead', 1, 'POSTERN_URL: https://login.example.com'],
    ['that is a command', 3, '# settings\n\nset -eu'],
    ['of PowerShell', 1, '$env:POSTERN_URL="https://login.example.com"'],
    ['that is a value alone', 4, 'A="1\n2"\nB=2\nc2VjcmV0IHRoYXQgbG9zdCBpdHMgbmFtZQ'],
    ['whose name is no name', 1, 'MY SETTING=1'],
    ['whose # may be a comment or not', 1, 'POSTERN_ADMIN_PASSWORD=horse#battery # mine'],
    ['whose quote is never closed', 2, 'A=1\nB="1\nC=2'],
    ['with more after the closing quote', 1, 'A="a\\"b"'],
    ['with a setting in small letters', 1, 'postern_url=https://login.example.com'],
  ] as const)
    test(`a line ${what} is refused, by its number and without what it says`, () =>
      assert.throws(
        () => settingsOf(text),
        (error) =>
          error instanceof EnvFileError &&
          error.message.includes(`line ${number} of .env`) &&
          !/login\.example\.com|horse|c2Vjcm/.test(error.message),
      ));

  test('whatever Node.js would read of a file in plain form is read alike', () => {
    const text = 'A=1\nB= two words \n\n# C=3\nD="4 # 4"\nexport E=\'5\'\nF=6 # six\nG="7\n8"\nH=`9`\n';
    assert.deepEqual(settingsOf(text), { ...parseEnv(text) });
  });
});

describe('the encoding of a .env file', () => {
  const text = 'POSTERN_ADMIN_EMAIL=åsa@example.com\r\nPOSTERN_PORT=3005\r\n';
  const wanted = { POSTERN_ADMIN_EMAIL: 'åsa@example.com', POSTERN_PORT: '3005' };
  const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');

  function read(bytes: Buffer): Record<string, string> {
    const folder = mkdtempSync(join(tmpdir(), 'postern-env-'));
    try {
      writeFileSync(join(folder, '.env'), bytes);
      return readEnvFile(join(folder, '.env'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test('may be UTF-8, with a byte order mark or without', () => {
    assert.deepEqual(read(Buffer.from(text)), wanted);
    assert.deepEqual(read(Buffer.from(`\uFEFF${text}`)), wanted);
  });

  test('may be UTF-16 in either order, as PowerShell writes it', () => {
    assert.deepEqual(read(utf16), wanted);
    assert.deepEqual(read(Buffer.from(utf16).swap16()), wanted);
  });

  test('that is none of these is refused, rather than read as something else', () => {
    for (const bytes of [
      Buffer.from(text, 'latin1'),
      Buffer.from(text, 'utf16le'),
      Buffer.from('A=1\0\n'),
      utf16.subarray(0, -1),
      Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.of(0x00, 0xd8, 0x00, 0xd8)]),
    ])
      assert.throws(() => read(bytes), EnvFileError);
  });
});

test('a server starts with the settings of a .env that PowerShell wrote', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-env-'));
  const secret = randomBytes(32).toString('hex');
  try {
    writeFileSync(
      join(folder, '.env'),
      Buffer.from(`\uFEFFPOSTERN_SECRET=${secret}\r\nPOSTERN_COLOUR=blue\r\n`, 'utf16le'),
    );
    const refused = await ServerProcess.spawn({ directory: folder });
    assert.equal(await refused.exited(), 1);
    assert.match(refused.output, /^postern: POSTERN_COLOUR is not a setting[^\n]*\n$/);

    writeFileSync(join(folder, '.env'), 'POSTERN_LOG_LEVEL=info\nnonsense\n');
    const unclear = await ServerProcess.spawn({ directory: folder });
    assert.equal(await unclear.exited(), 1);
    assert.match(unclear.output, /^postern: line 2 of [^\n]*\.env is no setting[^\n]*\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
