// Finds the file that a link means among those of an import: by its path, or by its name alone, wherever it lies.
import { folded, lastPart, tidyPath, unescaped, withoutNotionIds } from './file-names';

interface Entry<T> {
  /** As it is written, and folded. */
  readonly path: string;
  readonly key: string;
  readonly value: T;
}

export class FileIndex<T> {
  readonly #exact = new Map<string, T>();
  readonly #paths = new Map<string, T>();
  readonly #aliases = new Map<string, T>();
  readonly #names = new Map<string, Entry<T>[]>();

  /** @param shortened what is left out of a path before it is compared */
  constructor(private readonly shortened: (path: string) => string = (path) => path) {}

  #tidy(path: string): string {
    return this.shortened(path).normalize('NFC');
  }

  #key(path: string): string {
    return folded(this.#tidy(path));
  }

  /** Files whose names differ by case only are told apart where the link does. */
  #at(path: string): T | undefined {
    return this.#exact.get(this.#tidy(path)) ?? this.#paths.get(this.#key(path));
  }

  /** A file at its path; the first at a path stays. */
  add(path: string, value: T): void {
    const key = this.#key(path);
    const exact = this.#tidy(path);
    if (!this.#exact.has(exact)) this.#exact.set(exact, value);
    if (!this.#paths.has(key)) this.#paths.set(key, value);
    const name = lastPart(key);
    if (!name) return;
    const known = this.#names.get(name);
    if (known) known.push({ path: exact, key, value });
    else this.#names.set(name, [{ path: exact, key, value }]);
  }

  /** Another name, which counts where no path and no file has it; '' is the top. */
  alias(name: string, value: T): void {
    const key = this.#key(name);
    if (!this.#aliases.has(key)) this.#aliases.set(key, value);
  }

  /** What a Markdown link means, seen from a folder: the way from there first. */
  address(href: string, folder: string): T | undefined {
    for (const wanted of spellings(href)) {
      const found =
        this.#at(tidyPath(wanted, folder)) ??
        this.#at(tidyPath(wanted)) ??
        this.#aliases.get(this.#key(tidyPath(wanted, folder))) ??
        this.#aliases.get(this.#key(tidyPath(wanted)));
      if (found !== undefined) return found;
    }
    if (href.startsWith('/')) return undefined;
    for (const wanted of spellings(href)) {
      const found = this.#below(tidyPath(wanted), folder);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** What a wikilink means: from the top of the vault, else the name wherever it lies, else another name. */
  named(name: string, folder: string): T | undefined {
    for (const wanted of spellings(name)) {
      const path = tidyPath(wanted);
      const near = /^\.\.?\//.test(wanted) ? this.#at(tidyPath(wanted, folder)) : undefined;
      const found =
        near ??
        this.#at(path) ??
        this.#below(path, folder) ??
        this.#aliases.get(this.#key(wanted.trim())) ??
        this.#at(tidyPath(wanted, folder));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** As Obsidian does: the path ends like this; what lies below the link's folder comes first, then the shortest path. */
  #below(path: string, folder: string): T | undefined {
    const key = this.#key(path);
    // An index is known by its folder only.
    if (!key || /^(index|readme)$/.test(key)) return undefined;
    const from = folder ? `${folded(folder)}/` : '';
    const exact = this.#tidy(path);
    const [found] = (this.#names.get(lastPart(key)) ?? [])
      .filter((entry) => entry.key === key || entry.key.endsWith(`/${key}`))
      .sort(
        (a, b) =>
          Number(b.key.startsWith(from)) - Number(a.key.startsWith(from)) ||
          a.key.length - b.key.length ||
          Number(b.path.endsWith(exact)) - Number(a.path.endsWith(exact)) ||
          (a.path < b.path ? -1 : 1),
      );
    return found?.value;
  }
}

/** A name as it is written, without escapes, and without what Notion adds; each also without query and anchor. */
function spellings(written: string): Set<string> {
  const all = new Set<string>();
  // Markdown takes `\.` for a dot: `..\..\x` has lost what was between.
  const restored = written.replace(/\.\.(?=\.\.)/g, '../');
  for (const raw of [written, restored, written.replace(/#.*$/s, ''), written.replace(/[?#].*$/s, '')]) {
    for (const wanted of [raw, unescaped(raw), raw.replace(/&amp;/g, '&')]) {
      if (wanted) all.add(wanted).add(withoutNotionIds(wanted));
    }
  }
  return all;
}
