/** Text as a literal of languages that quote as JSON does (Python, Go, C#). */
export function doubleQuoted(text: string): string {
  return JSON.stringify(text);
}

/** Text as a literal of JavaScript. */
export function singleQuoted(text: string): string {
  return text.includes("'") || text.includes('\\') ? JSON.stringify(text) : `'${text}'`;
}

/** Text as one word of a POSIX shell. */
export function shellQuoted(text: string): string {
  return /^[\w.:/=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Text as a literal of PHP in which nothing is replaced. */
export function phpQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
