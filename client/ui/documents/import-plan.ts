// A folder of Markdown files as pages: their tree, titles and bodies, links between files as links between pages.
// Nothing is written here; the plan says what would be, and what could not be kept.
import type { JSONContent } from '@tiptap/core';
import { newId } from '../../../db/ids';
import { fileAddress, fileHash } from './file-address';
import { FRONT_MATTER, readFrontMatter } from './front-matter';
import { readMarkdown } from './markdown-read';
import { isMarkdown } from './source-kinds';

export interface SourceFile {
  /** With `/` between its parts, relative to what was chosen. */
  readonly path: string;
  /** Of Markdown files. */
  readonly text: string | null;
  /** The encoding of the text, where the file does not say it. */
  readonly guessed?: string;
  /** Why a Markdown file has no text: a sentence for a person. */
  readonly refused?: string;
  /** Of images that a page can show; other files are only known to be there. */
  readonly image?: { readonly hash: string; readonly file: Blob & { readonly name: string } };
}

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

const bare = (path: string) => path.replace(/\.(md|markdown|html?)$/i, '');
const isIndex = (path: string) => /(^|\/)(index|readme)$/i.test(bare(path));
const folderOf = (path: string) => path.split('/').slice(0, -1).join('/');
/** Places shown for each note. */
const mostPlaces = 5;

/** `winter-checks` as “Winter checks”. */
function nameOf(path: string): string {
  const words = (bare(path).split('/').at(-1) ?? '').replace(/[-_]+/g, ' ').trim();
  return words ? words[0]!.toUpperCase() + words.slice(1) : 'Imported pages';
}

/** `a/b/../c` as `a/c`. */
function resolved(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of [...(path.startsWith('/') ? [] : folder.split('/')), ...path.split('/')]) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** An address as the name of a file. */
function unescaped(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    // Not encoded after all.
    return address;
  }
}

/** All files lie in one folder, as in most archives: that folder is the whole. */
function withoutCommonFolder(files: readonly SourceFile[]): { name: string; files: SourceFile[] } {
  let name = '';
  let rest = [...files];
  for (;;) {
    const first = rest[0]?.path.split('/')[0];
    if (!first || !rest.every((file) => file.path.startsWith(`${first}/`))) return { name, files: rest };
    name = first;
    rest = rest.map((file) => ({ ...file, path: file.path.slice(first.length + 1) }));
  }
}

/**
 * @param options.name of the whole, where the files do not lie in one folder
 */
export function planImport(
  given: readonly SourceFile[],
  options: { readonly workspaceId: string; readonly name: string },
): ImportPlan {
  const visible = given.filter((file) => !/(^|\/)(\.|__MACOSX)/.test(file.path));
  const { name, files } = withoutCommonFolder(visible);
  const markdown = files.filter((file) => isMarkdown(file.path) && file.text !== null);
  const notes = new Map<string, { count: number; where: Set<string> }>();
  const note = (what: string, where: string, count = 1) => {
    const known = notes.get(what) ?? { count: 0, where: new Set() };
    known.count += count;
    known.where.add(where);
    notes.set(what, known);
  };

  for (const { path, guessed, refused } of files) {
    if (guessed) note(`files that do not say how their letters are written, read as ${guessed}`, path);
    if (refused) note(`files left out: ${refused}`, path);
  }

  // Where each page stands: the path of its file without ending; of an index, of its folder.
  const keyOf = (path: string) => (isIndex(path) ? folderOf(path) : bare(path));
  const keys = new Map<string, { id: string; file: SourceFile | null }>([['', { id: newId(), file: null }]]);
  for (const file of [...markdown].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const key = keyOf(file.path);
    for (let folder = key; folder; folder = folderOf(folder)) {
      if (!keys.has(folder)) keys.set(folder, { id: newId(), file: null });
    }
    const page = keys.get(key)!;
    if (page.file) {
      // A folder and a file of one name, both with a text: the second stands below the first.
      keys.set(bare(file.path) === key ? `${key}/${nameOf(key)}` : bare(file.path), { id: newId(), file });
    } else page.file = file;
  }

  // One page above all others needs none above it.
  const tops = [...keys.keys()].filter((key) => key !== '' && !key.includes('/'));
  if (tops.length === 1 && !keys.get('')?.file) keys.delete('');

  const fronts = new Map(markdown.map((file) => [file.path, readFrontMatter(file.text ?? '')]));
  const addresses = new Map<string, string>();
  const plain = (path: string) => bare(path).toLowerCase().replace(/\/$/, '');
  for (const [key, { id, file }] of keys) {
    for (const address of file ? (fronts.get(file.path)?.addresses ?? []) : []) {
      addresses.set(plain(resolved('', address)), id);
    }
    if (file) addresses.set(plain(file.path), id);
    addresses.set(plain(key), id);
  }
  const present = new Map(files.map((file) => [file.path.toLowerCase(), file]));
  const shown = new Map<string, Blob>();

  const counts = { checklistItems: 0, pageLinks: 0, outsideLinks: 0, images: 0, imagesKept: 0 };
  const bodyOf = (file: SourceFile): Pick<PlannedPage, 'title' | 'icon' | 'body'> => {
    const front = fronts.get(file.path)!;
    const folder = folderOf(file.path);
    const link = (href: string): string => {
      if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith('//')) {
        counts.outsideLinks++;
        return href;
      }
      if (href.startsWith('#')) return href;
      const [path = '', anchor] = href.split('#');
      const wanted = unescaped(path.split('?')[0]!);
      const target = addresses.get(plain(resolved(folder, wanted)));
      if (target) {
        counts.pageLinks++;
        return `/w/${options.workspaceId}/d/${target}${anchor ? `#${anchor}` : ''}`;
      }
      const there = present.has(resolved(folder, wanted).toLowerCase());
      note(
        there
          ? 'links to files that are no pages; the address is kept'
          : 'links to pages that are not in the folder; the address is kept',
        file.path,
      );
      return href;
    };
    const image = (src: string): string => {
      counts.images++;
      if (fileHash(src) !== null) {
        note('images that name a file of a workspace; they are shown where it has that file', file.path);
        return src;
      }
      if (/^[a-z][a-z0-9+.-]*:/i.test(src) || src.startsWith('//')) {
        note('images on other sites; the address is kept, the image is not fetched', file.path);
        return src;
      }
      const found = present.get(resolved(folder, unescaped(src.split(/[?#]/)[0]!)).toLowerCase());
      if (found?.image) {
        counts.imagesKept++;
        shown.set(found.image.hash, found.image.file);
        return fileAddress(found.image.hash);
      }
      note(
        found
          ? 'images of a kind or a size that a page cannot show; the address is kept'
          : 'images whose file is missing; the address is kept',
        file.path,
      );
      return src;
    };
    const { body, notKept } = readMarkdown(front.text, { link, image });
    for (const [what, count] of notKept) note(what, file.path, count);
    const content = [...(body.content ?? [])];
    const first = content[0];
    const heading =
      first?.type === 'heading' && first.attrs?.level === 1
        ? (first.content ?? [])
            .map((part) => part.text ?? '')
            .join('')
            .trim()
        : null;
    const title =
      front.title ?? heading ?? nameOf(isIndex(file.path) ? folder || name || options.name : file.path);
    // The title of the page says it.
    if (heading !== null && heading === title) content.shift();
    if (front.rest) {
      const text = [{ type: 'text', text: front.rest }];
      content.unshift({ type: 'codeBlock', attrs: { language: FRONT_MATTER }, content: text });
    }
    counts.checklistItems += JSON.stringify(content).split('"type":"taskItem"').length - 1;
    return {
      title: title.slice(0, 500),
      icon: (front.icon ?? '').slice(0, 16),
      body: content.some((block) => block.content || block.type !== 'paragraph')
        ? { type: 'doc', content }
        : null,
    };
  };

  const pages = [...keys]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { id, file }]): PlannedPage => {
      const parentId = key === '' ? null : (keys.get(folderOf(key))?.id ?? null);
      const made = file
        ? bodyOf(file)
        : { title: key ? nameOf(key) : nameOf(name || options.name), icon: '', body: null };
      return { id, parentId, source: file?.path ?? `${key}/`, ...made };
    });
  for (const file of files) {
    if (isMarkdown(file.path) || (file.image && shown.has(file.image.hash))) continue;
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
  return { pages, files: [...shown.values()], report: { pages: markdown.length, ...counts, notes: list } };
}
