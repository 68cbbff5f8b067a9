// Rows in the text format of COPY, for /dev/blob of PGlite.

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** @param rows values as Postgres text, in the order of the columns; null is SQL's null */
export function copyText(rows: readonly (readonly (string | null)[])[]): Blob {
  const lines = rows.map((row) => row.map(cell).join('\t'));
  return new Blob([lines.join('\n'), '\n'], { type: 'text/plain' });
}

function cell(value: string | null): string {
  if (value === null) return '\\N';
  const text = String(value);
  return special.test(text) ? text.replace(/[\\\t\n\r]/g, (sign) => escapes[sign]!) : text;
}
