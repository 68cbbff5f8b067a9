// A folder of Markdown files as pages: their tree, titles and bodies, links between files as links between pages.
// Nothing is written here; the plan says what would be, and what could not be kept.
import type { JSONContent } from '@tiptap/core';
import { FRONT_MATTER, type FrontMatter, readFrontMatter } from '../markdown/front-matter';
import { isLogseq, journalNames, type LogseqText, logseqPath, readLogseq } from '../markdown/logseq';
import { readMarkdown } from '../markdown/markdown-read';
import { bare, folderOf, lastPart, loosely, tidyPath, withoutNotionIds } from './file-names';
import { ImportLinks } from './import-links';
import { isIndex, type Place, placePages, withoutCommonFolder } from './import-places';
import type { SourceFile } from './source-file';
import { isHidden, isMarkdown } from './source-kinds';

export interface PlannedPage {
  readonly id: string;
  readonly parentId: string | null;
  readonly title: string;
  readonly icon: string;
  /** Its file or folder. */
  readonly source: string;
  readonly body: JSONContent | null;
}

export interface ImportReport {
  readonly pages: number;
  readonly checklistItems: number;
  readonly pageLinks: number;
  readonly outsideLinks: number;
  readonly images: number;
  /** Of these: images whose file was there and is kept. */
  readonly imagesKept: number;
  /** What was not kept as it was: what, and how often or where. */
  readonly notes: readonly {
    readonly what: string;
    readonly count: number;
    readonly where: readonly string[];
  }[];
}

export interface ImportPlan {
  /** Parents before their children, siblings in their order. */
  readonly pages: readonly PlannedPage[];
  /** The images that the pages show, each once. */
  readonly files: readonly Blob[];
  readonly report: ImportReport;
}

/** Places shown for each note. */
const mostPlaces = 5;

/** What is known of a page before its links are. */
interface Source {
  readonly file: SourceFile;
  readonly front: FrontMatter;
  readonly logseq: LogseqText;
}

/** The name of a file or folder as people wrote it. */
const nameOf = (path: string): string => withoutNotionIds(bare(lastPart(path))).trim() || 'Imported pages';

/**
 * @param options.name of the whole, where the files do not lie in one folder
 */
export function planImport(
  given: readonly SourceFile[],
  options: { readonly workspaceId: string; readonly name: string },
): ImportPlan {
  const all = given.map((file) => ({ ...file, path: tidyPath(file.path) }));
  const { common, files } = withoutCommonFolder(all.filter(({ path }) => !isHidden(path)));
  const name = lastPart(common);
  const notes = new Map<string, { count: number; where: Set<string> }>();
  const note = (what: string, where: string, count = 1) => {
    const known = notes.get(what) ?? { count: 0, where: new Set() };
    known.count += count;
    known.where.add(where);
    notes.set(what, known);
  };
  for (const { path, guessed, guessedName, refused } of files) {
    if (guessed) note(`files that do not say how their letters are written, read as ${guessed}`, path);
    if (guessedName) note(`file names that do not say how they are written, read as ${guessedName}`, path);
    if (refused) note(`files left out: ${refused}`, path);
  }

  const markdown = files.filter((file) => isMarkdown(file.path) && file.text !== null);
  const isGraph = isLogseq(all);
  // What has a folder of settings is a vault of Obsidian: a note is called like its file there.
  const isVault = all.some(({ path }) => /(^|\/)\.obsidian\//.test(path));
  const standing = ({ path }: SourceFile) => (isGraph ? logseqPath(bare(path)) : bare(path));
  const places = placePages(markdown, standing);
  const sources = new Map(
    markdown.map((file): [SourceFile, Source] => {
      const front = readFrontMatter(file.text ?? '');
      return [file, { file, front, logseq: readLogseq(front.text, isGraph) }];
    }),
  );

  const links = new ImportLinks(options.workspaceId, common, files, note);
  for (const [key, { id, file }] of places) {
    if (file) links.page(id, file.path);
    // A folder is its index.
    if (file && isIndex(file.path) && key) links.page(id, key);
    links.place(id, key);
    const source = file && sources.get(file);
    if (!source) continue;
    const { front, logseq } = source;
    for (const address of front.addresses) links.address(id, address);
    const pageTitle = logseq.page.get('title');
    const graphName = standing(file).replace(/^(?:.*\/)?(?:pages|journals)\//, '');
    const names = [
      ...front.aliases,
      ...(logseq.page.get('alias')?.split(',') ?? []).map((alias) => alias.replace(/^\s*\[\[|\]\]\s*$/g, '')),
      ...[front.title, pageTitle].filter((title) => title != null),
      ...(isGraph ? [graphName, ...journalNames(bare(file.path))] : []),
    ];
    for (const other of names) links.alias(id, other.trim());
    for (const [block, words] of logseq.blocks) links.block(id, block, words);
  }

  let checklistItems = 0;
  const bodyOf = ({ file, front, logseq }: Source): Pick<PlannedPage, 'title' | 'icon' | 'body'> => {
    const { body, notKept } = readMarkdown(logseq.text, links.from(file.path));
    for (const [what, count] of [...logseq.notKept, ...notKept]) note(what, file.path, count);
    const inProperties = front.rest.match(/\[\[[^\]\n]+\]\]/g)?.length ?? 0;
    if (inProperties > 0) note('links in properties, kept as text', file.path, inProperties);
    const content = [...(body.content ?? [])];
    const fileName = isIndex(file.path)
      ? nameOf(folderOf(file.path) || name || options.name)
      : nameOf(standing(file));
    const title = titleOf(front.title ?? logseq.page.get('title') ?? null, fileName, content[0], isVault);
    // The title of the page says it.
    if (title.isHeading) content.shift();
    if (front.rest) {
      const text = [{ type: 'text', text: front.rest }];
      content.unshift({ type: 'codeBlock', attrs: { language: FRONT_MATTER }, content: text });
    }
    checklistItems += JSON.stringify(content).split('"type":"taskItem"').length - 1;
    return {
      title: title.text.slice(0, 500),
      icon: (front.icon ?? logseq.page.get('icon') ?? '').slice(0, 16),
      body: content.some((block) => block.content || block.type !== 'paragraph')
        ? { type: 'doc', content }
        : null,
    };
  };
  const planned = ([key, { id, file }]: [string, Place]): PlannedPage => {
    const source = file && sources.get(file);
    const made = source
      ? bodyOf(source)
      : { title: nameOf(key || name || options.name), icon: '', body: null };
    const parentId = key === '' ? null : (places.get(folderOf(key))?.id ?? null);
    return { id, parentId, source: file?.path ?? `${key}/`, ...made };
  };
  const pages = [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(planned);
  for (const file of files) {
    if (isMarkdown(file.path) || file.refused || (file.image && links.shown.has(file.image.hash))) continue;
    const kind = file.path.split('.').at(-1);
    note(
      file.image ? 'images that no page shows, left out' : `files of the kind .${kind}, left out`,
      file.path,
    );
  }
  const list = [...notes].map(([what, { count, where }]) => ({
    what,
    count,
    where: [...where].slice(0, mostPlaces),
  }));
  const report = { pages: markdown.length, checklistItems, ...links.counts, notes: list };
  return { pages, files: [...links.shown.values()], report };
}

/** The title of a page, and whether its first block says the same. */
function titleOf(
  given: string | null,
  fileName: string,
  first: JSONContent | undefined,
  isVault: boolean,
): { text: string; isHeading: boolean } {
  const parts = first?.type === 'heading' ? (first.content ?? []) : [];
  const heading = parts
    .map((part) => part.text ?? '')
    .join('')
    .trim();
  // A heading that links or shows something says more than a title can.
  const isPlain = parts.every(({ text, marks }) => text && !marks?.some(({ type }) => type === 'link'));
  if (!heading || !isPlain)
    return { text: given ?? (heading && !isVault ? heading : fileName), isHeading: false };
  const isTop = first?.attrs?.level === 1;
  const isSame = (name: string) => heading.normalize('NFC') === name.normalize('NFC').trim();
  if (given !== null) return { text: given, isHeading: isSame(given) };
  if (isSame(fileName)) return { text: fileName, isHeading: true };
  if (isTop && loosely(heading) === loosely(fileName)) return { text: heading, isHeading: true };
  // The day that a file is of is in its name only.
  const isDated = /\d{4}[-_.]?\d\d[-_.]?\d\d/.test(fileName);
  if (!isTop || isVault || isDated) return { text: fileName, isHeading: false };
  return { text: heading, isHeading: true };
}
