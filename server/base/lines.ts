/** The lines of a text in UTF-8, without their ends (`\n` or `\r\n`); what is no UTF-8 comes out as U+FFFD. */
export async function* linesOf(bytes: Buffer): AsyncGenerator<string> {
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.toString('utf8', start, end);
    yield line.endsWith('\r') ? line.slice(0, -1) : line;
    start = end + 1;
  }
}
