import { readFileSync } from 'node:fs';

/** A `.env` file that cannot be read as one; the message is one line that names the file and, where there is one, the line. */
export class EnvFileError extends Error {
  override name = 'EnvFileError';
}

/**
 * Reads a `.env` file, in UTF-8 or (by its byte order mark, as PowerShell writes it) UTF-16.
 * @returns its settings, the last of several with one name; none where there is no such file
 * @throws EnvFileError
 */
export function readEnvFile(file: string): Record<string, string> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new EnvFileError(`cannot read ${file}: ${(error as Error).message}`);
  }
  return parseEnvText(decode(bytes, file), file);
}

/** Each kind of text that editors and shells write begins with its mark, which the decoder takes away. */
function decode(bytes: Buffer, file: string): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Not what its mark says, or without one.
  }
  throw new EnvFileError(`${file} must be a text in UTF-8, or in UTF-16 with a byte order mark`);
}

/**
 * The settings of a text in the form that `docs/operations.md` describes: `NAME=value`, `export NAME=value`, comments and empty
 * lines. What tools read in different ways, and what is no setting, is an error rather than half a value.
 * @param file how messages name the text
 * @throws EnvFileError
 */
export function parseEnvText(text: string, file: string): Record<string, string> {
  const settings: Record<string, string> = {};
  const lines = text.split(/\r\n|\n|\r/);
  for (let index = 0; index < lines.length; index++) {
    const number = index + 1;
    const refuse = (what: string) => new EnvFileError(`line ${number} of ${file} ${what}`);
    const line = (lines[index] as string).trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, rest] = /^(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)$/.exec(line) ?? [];
    // The line may be a secret that lost its name, so it is not repeated.
    if (name === undefined || rest === undefined)
      throw refuse('is no setting: it must be NAME=value, a comment that begins with #, or empty');
    if (/^postern_/i.test(name) && name !== name.toUpperCase())
      throw refuse(`names ${name}: settings are written in capitals`);
    const [quote] = /^["'`]/.exec(rest) ?? [];
    if (quote === undefined) {
      settings[name] = unquoted(rest, () => refuse(`has a # within the value of ${name}: ${quoteIt}`));
      continue;
    }
    // What is quoted may go on for several lines.
    let quoted = rest.slice(1);
    while (!quoted.includes(quote)) {
      if (++index === lines.length) throw refuse(`begins a value of ${name} whose ${quote} is never closed`);
      quoted += `\n${lines[index]}`;
    }
    const end = quoted.indexOf(quote);
    if (!/^\s*(#.*)?$/.test(quoted.slice(end + 1)))
      throw refuse(`has more after the closing ${quote} of ${name} than a comment`);
    const value = quoted.slice(0, end);
    settings[name] = quote === '"' ? value.replaceAll('\\n', '\n') : value;
  }
  return settings;
}

const quoteIt = 'put the value in quotes, or a space before a comment';

/** A value without quotes ends where a comment begins: at a `#` after white space, or in the place of the value. */
function unquoted(text: string, refusal: () => EnvFileError): string {
  const [value = ''] = text.split(/(?:^|\s+)#/, 1);
  if (value.includes('#')) throw refusal();
  return value;
}
