// Finds the file that a link means among those of an import: by its path, or by its name alone, wherever it lies.
import { folded, lastPart, tidyPath, unescaped, withoutNotionIds } from './file-names';

interface Entry<T> {
  readonly path: string;
  readonly value: T;
}

export class FileIndex<T> {
  readonly #paths = new Map<string, T>();
  readonly #aliases = new Map<string, T>();
  readonly #names = new Map<string, Entry<T>[]>();

  /** @param tidy what is left out of a path before it is compared */
  constructor(private readonly tidy: (path: string) => string = (path) => path) {}

  #key(path: string): string {
    return folded(this.tidy(path));
  }

  /** A file at its path; the first at a path stays. */
  add(path: string, value: T): void {
    const key = this.#key(path);
    if (!this.#paths.has(key)) this.#paths.set(key, value);
    const name = lastPart(key);
    if (!name) return;
    const known = this.#names.get(name);
    if (known) known.push({ path: key, value });
    else this.#names.set(name, [{ path: key, value }]);
  }

  /** Another name, which counts where no path and no file has it. */
  alias(name: string, value: T): void {
    const key = this.#key(name);
    if (key && !this.#aliases.has(key)) this.#aliases.set(key, value);
  }

  /** What a Markdown link means, seen from a folder: the way from there first. */
  address(href: string, folder: string): T | undefined {
    for (const wanted of spellings(href)) {
      const found =
        this.#paths.get(this.#key(tidyPath(wanted, folder))) ??
        this.#paths.get(this.#key(tidyPath(wanted))) ??
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
      const near = /^\.\.?\//.test(wanted) ? this.#paths.get(this.#key(tidyPath(wanted, folder))) : undefined;
      const found =
        near ??
        this.#paths.get(this.#key(path)) ??
        this.#below(path, folder) ??
        this.#aliases.get(this.#key(wanted.trim())) ??
        this.#paths.get(this.#key(tidyPath(wanted, folder)));
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
    const [found] = (this.#names.get(lastPart(key)) ?? [])
      .filter((entry) => entry.path === key || entry.path.endsWith(`/${key}`))
      .sort(
        (a, b) =>
          Number(b.path.startsWith(from)) - Number(a.path.startsWith(from)) ||
          a.path.length - b.path.length ||
          (a.path < b.path ? -1 : 1),
      );
    return found?.value;
  }
}

/** A name as it is written, without escapes, and without what Notion adds; each also without query and anchor. */
function spellings(written: string): Set<string> {
  const all = new Set<string>();
  for (const raw of [written, written.replace(/#.*$/s, ''), written.replace(/[?#].*$/s, '')]) {
    for (const wanted of [raw, unescaped(raw), raw.replace(/&amp;/g, '&')]) {
      if (wanted) all.add(wanted).add(withoutNotionIds(wanted));
    }
  }
  return all;
}
