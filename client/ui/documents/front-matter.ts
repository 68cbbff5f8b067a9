// The lines between `---` at the beginning of a Markdown file: title and icon are fields of the page, the rest is kept
// as a code block of its own kind at the top.

/** The language of the code block that holds what is left. */
export const FRONT_MATTER = 'front-matter';

export interface FrontMatter {
  readonly title: string | null;
  readonly icon: string | null;
  /** Addresses that the page had before, and where its site showed it. */
  readonly addresses: readonly string[];
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
    return { title: null, icon: null, addresses: [], rest: '', text };
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
  const rest = lines
    .filter(
      (line) =>
        !(title !== null && line.startsWith('title:')) && !(icon !== null && line.startsWith('icon:')),
    )
    .join('\n')
    .trim();
  return { title, icon, addresses, rest, text: text.slice(whole.length) };
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
