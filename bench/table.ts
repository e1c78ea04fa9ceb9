/**
 * A table as Markdown.
 * @param texts how many of the first columns are texts; the others are figures
 */
export function tableOf(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  texts: number,
): string {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const isText = (column: number) => column < texts;
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |\n`;
  const rule = `| ${widths.map((width, column) => (isText(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |\n`;
  return line(header) + rule + rows.map(line).join('');
}
