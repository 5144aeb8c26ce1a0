/**
 * Writes a table as CSV, by RFC 4180, without the last line break. It begins with a byte order mark: without one, Excel does not read it as UTF-8.
 *
 * Text that a spreadsheet would take for a formula gets an apostrophe in front of it
 * (https://owasp.org/www-community/attacks/CSV_Injection). All fields are quoted: else a spreadsheet that separates fields by
 * semicolons would find a formula after one.
 */
export function toCsv(rows: string[][]): string {
  return `\uFEFF${rows.map((row) => row.map(toField).join(',')).join('\r\n')}`;
}

/** As Excel reads it, also in the wide characters of East Asia. */
const formula = /^\s*[=+\-@＝＋－＠]/u;

function toField(text: string): string {
  const harmless = formula.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
