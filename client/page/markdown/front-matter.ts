// The lines between `---` at the beginning of a Markdown file: title and icon are fields of the page, the rest is kept
// as a code block of its own kind at the top.

/** The language of the code block that holds what is left. */
export const FRONT_MATTER = 'front-matter';

export interface FrontMatter {
  readonly title: string | null;
  readonly icon: string | null;
  /** Addresses that the page had before, and where its site showed it. */
  readonly addresses: readonly string[];
  /** Other names of the page: what links may call it. */
  readonly aliases: readonly string[];
  /** All lines but those of title and icon. */
  readonly rest: string;
  readonly text: string;
}

const unquoted = (value: string): string => {
  const text = value.trim();
  if (/^".*"$/.test(text)) return text.slice(1, -1).replace(/\\(["\\])/g, '$1');
  return /^'.*'$/.test(text) ? text.slice(1, -1).replace(/''/g, "'") : text;
};

export function readFrontMatter(file: string): FrontMatter {
  const text = file.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const [whole, yaml] = /^---\n([\s\S]*?)\n?---[ \t]*(?:\n|$)/.exec(text) ?? [];
  if (whole === undefined || yaml === undefined) {
    return { title: null, icon: null, addresses: [], aliases: [], rest: '', text };
  }
  const lines = yaml.split('\n');
  const fieldOf = (key: string) => {
    const line = lines.find((l) => l.startsWith(`${key}:`));
    const value = line?.slice(key.length + 1).trim();
    // A value over several lines is left where it is.
    return value && !/^[|>]/.test(value) ? unquoted(value) : null;
  };
  const title = fieldOf('title');
  const icon = fieldOf('icon');
  const addresses = lines.flatMap((line) => {
    const [, value] = /^(?:permalink|redirect_from|\s+-|aliases):?\s*["']?(\/[^\s"']*)/.exec(line) ?? [];
    return value ? [value] : [];
  });
  const aliases = listOf(lines, /^alias(?:es)?:/i);
  const rest = lines
    .filter(
      (line) =>
        !(title !== null && line.startsWith('title:')) && !(icon !== null && line.startsWith('icon:')),
    )
    .join('\n')
    .trim();
  return { title, icon, addresses, aliases, rest, text: text.slice(whole.length) };
}

/** The items of a field: in its line, with or without brackets, or in the lines below it. */
function listOf(lines: readonly string[], field: RegExp): string[] {
  const at = lines.findIndex((line) => field.test(line));
  if (at < 0) return [];
  const inline = lines[at]!.replace(field, '').trim();
  const parts = /^\[.*\]$/.test(inline) ? inline.slice(1, -1) : inline;
  const items: string[] = parts.match(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,]+/g) ?? [];
  for (const line of lines.slice(at + 1)) {
    const [, item] = /^\s*- +(.*)$/.exec(line) ?? [];
    if (item === undefined) break;
    items.push(item);
  }
  return items.map(unquoted).filter(Boolean);
}

/** @param rest lines that were kept */
export function writeFrontMatter(page: { title: string; icon: string }, rest: string): string {
  const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  const lines = [
    `title: ${quoted(page.title)}`,
    ...(page.icon ? [`icon: ${quoted(page.icon)}`] : []),
    ...(rest ? [rest] : []),
  ];
  return `---\n${lines.join('\n')}\n---\n\n`;
}
