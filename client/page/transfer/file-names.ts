// Names and paths of chosen files: one spelling for each, so that what a link says and what a file is called meet.

/** `a/b/../c` as `a/c`, with `/` between the parts and letters composed (NFC). */
export function tidyPath(path: string, folder = ''): string {
  const parts: string[] = [];
  const given = path.normalize('NFC').replace(/\\/g, '/');
  for (const part of [...(given.startsWith('/') ? [] : folder.split('/')), ...given.split('/')]) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

export const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');
export const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Without the ending of a page. */
export const bare = (path: string): string => path.replace(/\.(md|markdown|html?)$/i, '');

/** The same for two spellings of a name: case, composed letters and kinds of spaces do not count. */
export const folded = (path: string): string =>
  // By way of capitals, which write `ß` and `ﬁ` with two letters.
  path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC').replace(/\s+/g, ' ').replace(/\/$/, '');

/** Only letters and digits: a file's name and its heading are often the same but for other signs. */
export const loosely = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim();

const notionId = / ([0-9a-f]{32})(?=$|\/|\.\w+$)/gi;

/** Notion writes 32 hexadecimal digits behind each name. */
export const withoutNotionIds = (path: string): string => path.replace(notionId, '');

/** @returns the digits that Notion has for a page or a file */
export const notionIdOf = (path: string): string | null =>
  /(?:^|[ /-])([0-9a-f]{32})(?:\.\w+)?$/i.exec(path)?.[1]?.toLowerCase() ?? null;

/** What is escaped in an address as it was before; what is no escape stays. */
export function unescaped(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
      try {
        return decodeURIComponent(run);
      } catch {
        return run;
      }
    });
  }
}
