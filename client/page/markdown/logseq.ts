// What Logseq writes line by line, as Markdown: properties (`key:: value`), ids of blocks, tasks, parts between
// `#+BEGIN_…` and `#+END_…`; and what its file names mean. Lines of code stay as they are.
import { lastPart, unescaped } from '../transfer/file-names';

export interface LogseqText {
  readonly text: string;
  /** By the keys of the page: `title`, `alias` and the like; values as they are written. */
  readonly page: ReadonlyMap<string, string>;
  /** Blocks that other pages can name, and the words that each begins with. */
  readonly blocks: ReadonlyMap<string, string>;
  /** What was not kept as it was, and how often. */
  readonly notKept: ReadonlyMap<string, number>;
}

const property = /^([A-Za-z][\w./-]*)::(?: +(.*))?$/;
const bullet = /^([ \t]*)([-*+] )?(.*)$/;
const fence = /^[ \t]*(?:[-*+] |\d+[.)] |> ?)*(`{3,}|~{3,})(.*)$/;
/** Tasks that are open, done, and those of which the word says more. */
const task = /^(TO[D]O|DONE|LATER|NOW|DOING|WAITING|IN-PROGRESS) +(?=\S)/;
const quotes = /^(QUOTE|VERSE|CENTER)$/;

/** Whether files say by their names or texts that Logseq wrote them. */
export function isLogseq(files: readonly { readonly path: string; readonly text: string | null }[]): boolean {
  return files.some(
    ({ path, text }) =>
      /(^|\/)logseq\/(config\.edn|custom\.css)$/.test(path) ||
      /^\s*(?:- )?(?:id:: [0-9a-f]{8}-[0-9a-f-]{27}|collapsed:: (?:true|false))\s*$/m.test(text ?? ''),
  );
}

/** The first words of a block, without what Markdown adds to them. */
function firstWords(line: string): string {
  const words = line
    .replace(/^#{1,6} /, '')
    .replace(task, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[\[|\]\]|[*_`]|==/g, '')
    .trim();
  return words.length > 80 ? `${[...words].slice(0, 80).join('').trim()}…` : words;
}

/** @param whole of a Logseq graph; else only properties at the beginning are read, others are counted */
export function readLogseq(given: string, whole: boolean): LogseqText {
  const page = new Map<string, string>();
  const blocks = new Map<string, string>();
  const notKept = new Map<string, number>();
  const note = (what: string) => notKept.set(what, (notKept.get(what) ?? 0) + 1);
  const lines = given.replace(/\r\n?/g, '\n').split('\n');
  const out: string[] = [];

  // The properties of the page: the first lines, or a first item of nothing else.
  let first = lines.findIndex((line) => line.trim() !== '');
  const said: string[] = [];
  for (; first >= 0 && first < lines.length; first++) {
    const [, key = '', value = ''] = property.exec(lines[first]!.replace(/^(- | {2})/, '').trimEnd()) ?? [];
    if (!key || (said.length + page.size > 0 && /^[-*] /.test(lines[first]!))) break;
    if (/^(title|alias|icon)$/i.test(key)) page.set(key.toLowerCase(), value);
    else if (!/^(id|collapsed)$/.test(key)) said.push(`**${key}:** ${value}`);
  }
  if (said.length > 0) out.push(said.join('\\\n'), '');
  for (const _ of said) note('properties (key:: value), now lines of text');
  const body = page.size + said.length > 0 ? lines.slice(first) : lines;

  const ends = new Set(
    lines.map((line) => line.trim().toUpperCase()).filter((end) => end.startsWith('#+END_')),
  );
  let code: string | null = null;
  let quoted: { indent: string; end: string } | null = null;
  let isDrawer = false;
  /** The last item: its line in `out`, and what it says. */
  let item = { at: -1, words: '' };
  for (const line of body) {
    const [, indent = '', mark = '', words = ''] = bullet.exec(line) ?? [];
    const under = indent + (mark ? '  ' : '');
    if (code !== null) {
      if (code.startsWith('#') ? words.toUpperCase().trim() === code : isClosing(line, code)) {
        out.push(code.startsWith('#') ? `${indent}\`\`\`` : line);
        code = null;
      } else out.push(line);
      continue;
    }
    const opened = fence.exec(line);
    if (opened) {
      code = opened[1]!;
      out.push(quoted ? quotedLine(line, quoted.indent) : line);
      continue;
    }
    if (quoted) {
      if (words.toUpperCase().trim() === quoted.end) quoted = null;
      else out.push(quotedLine(line, quoted.indent));
      continue;
    }
    if (isDrawer) {
      isDrawer = words.trim() !== ':END:';
      continue;
    }
    const [, kind = '', more = ''] = /^#\+BEGIN_([A-Za-z]+) *(.*)$/i.exec(words) ?? [];
    const end = `#+END_${kind.toUpperCase()}`;
    if (whole && kind && ends.has(end)) {
      if (/^(src|example|export|query|comment)$/i.test(kind)) {
        if (/^query$/i.test(kind)) note('queries, kept as code');
        code = end;
        out.push(`${indent}${mark}\`\`\`${/^src$/i.test(kind) ? more.split(' ')[0] : ''}`);
      } else {
        quoted = { indent: under, end };
        const head = quotes.test(kind.toUpperCase()) ? '' : `> [!${kind.toLowerCase()}]`;
        out.push(`${indent}${mark}${head || '>'}`);
      }
      continue;
    }
    if (whole && /^:(LOGBOOK|PROPERTIES):$/.test(words.trim())) {
      note('records of when tasks were worked on, left out');
      isDrawer = true;
      continue;
    }
    const [, key = '', value = ''] = property.exec(words.trimEnd()) ?? [];
    if (!key) {
      if (mark) item = { at: out.length, words: firstWords(words) };
      const [done, state = ''] = (whole && mark && task.exec(words)) || [];
      if (done) {
        const kept = /^(TO[D]O|DONE)$/.test(state) ? words.slice(done.length) : words;
        out.push(`${indent}${mark}[${state === 'DONE' ? 'x' : ' '}] ${kept}`);
      } else out.push(line);
    } else if (key === 'id' && /^[0-9a-f-]{36}$/i.test(value)) {
      blocks.set(value.toLowerCase(), item.words);
      if (mark) out.push(indent + mark);
    } else if (key === 'collapsed') {
      note('folded parts, now open');
      if (mark) out.push(indent + mark);
    } else if (!whole) {
      note('properties (key:: value) within the text, kept as text');
      out.push(line);
    } else if (key === 'logseq.order-list-type') {
      if (item.at >= 0) out[item.at] = out[item.at]!.replace(/^([ \t]*)[-*+] /, '$11. ');
    } else {
      note('properties (key:: value), now lines of text');
      out.push(mark ? `${indent}${mark}**${key}:** ${value}` : `${indent}- **${key}:** ${value}`);
    }
  }
  return { text: out.join('\n'), page, blocks, notKept };
}

function isClosing(line: string, opened: string): boolean {
  const [, run = '', rest = ''] = /^[ \t>]*(`+|~+)(.*)$/.exec(line) ?? [];
  return run.length >= opened.length && run[0] === opened[0] && rest.trim() === '';
}

function quotedLine(line: string, indent: string): string {
  const rest = line.startsWith(indent) ? line.slice(indent.length) : line.trimStart();
  return `${indent}> ${rest}`;
}

/** `a___b` and `a%2Fb` as `a/b`: pages below others. @param path of a file without ending */
export function logseqPath(path: string): string {
  const name = unescaped(lastPart(path).replace(/___/g, '/'));
  const parts = name.split('/').map((part) => part.trim());
  return path.slice(0, path.length - lastPart(path).length) + parts.filter(Boolean).join('/');
}

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** What links call the journal of a day, in the formats that people choose. */
export function journalNames(path: string): string[] {
  const [, year, month, day] = /(?:^|\/)journals\/(\d{4})[_-](\d\d)[_-](\d\d)$/.exec(path) ?? [];
  if (!year || !month || !day) return [];
  const name = months[Number(month) - 1];
  if (!name) return [];
  const n = Number(day);
  const nth = `${n}${n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`;
  const weekday = new Date(Date.UTC(Number(year), Number(month) - 1, n)).toLocaleDateString('en', {
    weekday: 'long',
    timeZone: 'UTC',
  });
  const dates = [
    `${name.slice(0, 3)} ${nth}, ${year}`,
    `${name} ${nth}, ${year}`,
    ...['-', '/', '_', '.'].flatMap((sign) => [
      [year, month, day].join(sign),
      [day, month, year].join(sign),
      [month, day, year].join(sign),
    ]),
    `${year}${month}${day}`,
  ];
  return dates.flatMap((date) => [
    date,
    `${weekday}, ${date}`,
    `${weekday.slice(0, 3)}, ${date}`,
    `${date} ${weekday}`,
    `${date} ${weekday.slice(0, 3)}`,
  ]);
}
