// What the links and images of imported files mean: pages and files of the same import where they are there. Counts
// what it finds, and notes what it does not.
import { fileAddress, fileHash } from '../editor/file-address';
import type { ReadOptions } from '../markdown/markdown-read';
import { vaultSyntax } from '../markdown/vault-blocks';
import { FileIndex } from './file-index';
import { bare, folderOf, loosely, notionIdOf, unescaped, withoutNotionIds } from './file-names';
import type { SourceFile } from './source-file';

const isOutside = (address: string): boolean =>
  /^[a-z][a-z0-9+.-]*:/i.test(address) || address.startsWith('//');
const slug = (title: string): string => loosely(title).replace(/ /g, '-');

export class ImportLinks {
  readonly counts = { pageLinks: 0, outsideLinks: 0, images: 0, imagesKept: 0 };
  /** The images that pages show, by hash. */
  readonly shown = new Map<string, Blob>();
  readonly #pages = new FileIndex<string>(bare);
  readonly #files = new FileIndex<SourceFile>();
  readonly #notionPages = new Map<string, string>();
  readonly #slugs = new Map<string, string>();
  readonly #blocks = new Map<string, { readonly pageId: string; readonly words: string }>();

  /** @param common the folder that all files lie in, by which links from the top may call them */
  constructor(
    private readonly workspaceId: string,
    private readonly common: string,
    files: readonly SourceFile[],
    private readonly note: (what: string, where: string) => void,
  ) {
    for (const file of files) {
      for (const path of this.#paths(file.path)) this.#files.add(path, file);
    }
  }

  /** @param path of a page's file */
  page(id: string, path: string): void {
    for (const each of this.#paths(path)) this.#pages.add(each, id);
    const notionId = notionIdOf(bare(path));
    if (notionId) this.#notionPages.set(notionId, id);
    this.#named(id, withoutNotionIds(bare(path)).split('/').at(-1) ?? '');
  }

  /** @param key where the page stands: what calls a folder means its page */
  place(id: string, key: string): void {
    for (const each of this.#paths(key)) this.#pages.alias(each, id);
  }

  #paths(path: string): Set<string> {
    const whole = this.common ? `${this.common}/${path}` : path;
    return new Set([path, withoutNotionIds(path), whole, withoutNotionIds(whole)]);
  }

  /** An address that the page had before. */
  address(id: string, address: string): void {
    this.#pages.alias(address.replace(/^\/+/, ''), id);
  }

  /** Another name that links may use. */
  alias(id: string, name: string): void {
    if (!name) return;
    this.#pages.alias(name, id);
    this.#named(id, name);
  }

  /** A block that other pages may name. */
  block(pageId: string, block: string, words: string): void {
    this.#blocks.set(block, { pageId, words });
  }

  #named(id: string, name: string): void {
    const key = slug(name);
    if (key && !this.#slugs.has(key)) this.#slugs.set(key, id);
  }

  #toPage(id: string, anchor: string): string {
    this.counts.pageLinks++;
    return `/w/${this.workspaceId}/d/${id}${anchor ? `#${anchor}` : ''}`;
  }

  /** How the text of one file is read. */
  from(path: string): ReadOptions {
    const folder = folderOf(path);
    return {
      link: (href) => this.#link(href, path, folder),
      image: (src) => this.#image(src, path, () => this.#files.address(src, folder)),
      vault: vaultSyntax({
        page: (name, heading) => this.#namedPage(name, heading, path, folder),
        image: (name) => this.#image(name, path, () => this.#files.named(name, folder)),
        block: (id) => {
          const found = this.#blocks.get(id);
          return found ? { href: this.#toPage(found.pageId, ''), words: found.words } : null;
        },
      }),
    };
  }

  #link(href: string, path: string, folder: string): string | null {
    if (href.startsWith('#')) return href;
    const [, anchor = ''] = /#(.*)$/s.exec(href) ?? [];
    if (isOutside(href)) {
      const inside = this.#byOtherAddress(href);
      if (inside) return this.#toPage(inside, '');
      if (/^mention:/i.test(href)) {
        this.note('mentions of people and pages, kept as their names', path);
        return null;
      }
      this.counts.outsideLinks++;
      return href;
    }
    const target = this.#pages.address(href, folder) ?? this.#byOtherAddress(href);
    if (target) return this.#toPage(target, anchor);
    const there = this.#files.address(href, folder);
    this.#noteMissing(there !== undefined, path);
    return href;
  }

  /** How the servers of Notion, Outline and Obsidian call a page. */
  #byOtherAddress(href: string): string | undefined {
    if (/^https?:\/\/([\w-]+\.)*notion\.(so|site|com)\//i.test(href)) {
      const id = notionIdOf(href.replace(/[?#].*$/s, ''));
      return id ? this.#notionPages.get(id) : undefined;
    }
    const [, outline] = /^(?:https?:\/\/[^/]+)?\/doc\/([^/?#]+)-[A-Za-z0-9]{10}(?=[/?#]|$)/.exec(href) ?? [];
    if (outline) return this.#slugs.get(slug(unescaped(outline)));
    const [, file] = /^obsidian:\/\/open\?(?:.*&)?file=([^&]+)/.exec(href) ?? [];
    return file ? this.#pages.named(unescaped(file), '') : undefined;
  }

  #namedPage(name: string, heading: string, path: string, folder: string): string {
    if (!name) return `#${heading}`;
    if (/^(https?|mailto|file|obsidian):/i.test(name)) {
      return this.#link(`${name}${heading ? `#${heading}` : ''}`, path, folder) ?? name;
    }
    const target = this.#pages.named(name, folder);
    if (target) return this.#toPage(target, heading);
    const there = this.#files.named(name, folder);
    this.#noteMissing(there !== undefined, path);
    return encodeURI(there ? `/${there.path}` : /\.\w{1,5}$/.test(name) ? name : `${name}.md`);
  }

  #noteMissing(isThere: boolean, path: string): void {
    this.note(
      isThere
        ? 'links to files that are no pages; the address is kept'
        : 'links to pages that are not in the folder; the address is kept',
      path,
    );
  }

  #image(src: string, path: string, find: () => SourceFile | undefined): string {
    this.counts.images++;
    if (fileHash(src) !== null) {
      this.note('images that name a file of a workspace; they are shown where it has that file', path);
      return src;
    }
    if (isOutside(src)) {
      this.note('images on other sites; the address is kept, the image is not fetched', path);
      return src;
    }
    const found = find();
    if (found?.image) {
      this.counts.imagesKept++;
      this.shown.set(found.image.hash, found.image.file);
      return fileAddress(found.image.hash);
    }
    this.note(
      found
        ? 'images of a kind or a size that a page cannot show; the address is kept'
        : 'images whose file is missing; the address is kept',
      path,
    );
    return src;
  }
}
