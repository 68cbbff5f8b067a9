// Reads table and column names as Electric does: unquoted ones fold to lower case, quoted ones are exact.

const longestName = 63;

/**
 * One identifier.
 * @throws Error with Electric's sentence
 */
export function parseIdentifier(text: string): string {
  const name = text.startsWith('"') && text.endsWith('"') ? unquote(text.slice(1, -1)) : fold(text);
  if ([...name].length > longestName) {
    throw new Error(`Identifier is too long (max length is ${longestName})`);
  }
  return name;
}

/**
 * `table` or `schema.table`; the schema is `public` when it is not given.
 * @throws Error with Electric's sentence
 */
export function parseRelation(text: string): { schema: string; name: string } {
  const parts = splitOutsideQuotes(text, '.');
  if (parts.length > 2) {
    throw new Error(`Invalid relation identifier, too many delimiters: ${text}`);
  }
  const [first, second] = parts.map(parseIdentifier);
  return second === undefined ? { schema: 'public', name: first! } : { schema: first!, name: second };
}

/**
 * A comma-separated list of identifiers, in its order.
 * @throws Error with Electric's sentence
 */
export function parseColumns(text: string): string[] {
  return splitOutsideQuotes(text, ',').map(parseIdentifier);
}

function unquote(inner: string): string {
  if (inner === '') throw new Error('Invalid zero-length delimited identifier');
  if (/(?<!")"(?!")/.test(inner)) throw new Error(`Invalid identifier with unescaped quote: ${inner}`);
  return inner.replaceAll('""', '"');
}

function fold(text: string): string {
  if (text === '') throw new Error('Invalid zero-length delimited identifier');
  if (!/^[\p{L}_][\p{L}\p{M}_0-9$]*$/u.test(text)) {
    throw new Error(`Invalid unquoted identifier contains special characters: ${text}`);
  }
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function splitOutsideQuotes(text: string, delimiter: string): string[] {
  const parts: string[] = [];
  let current = '';
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === delimiter && !quoted) {
      parts.push(current);
      current = '';
    } else current += character;
  }
  return [...parts, current];
}
