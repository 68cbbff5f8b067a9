// Which modules of the client become one file. Left alone the bundler makes a file of each set of modules that two lazily
// loaded pages share, sixty of a kilobyte each: on one bar of signal every one of them costs a request.
import type { Rolldown } from 'vite';

/** Modules by whether a file imports them, itself or by others, without import(). */
function reachedFrom(entry: string, info: InfoOf): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [entry];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(info(id)?.importedIds ?? []));
  }
  return found;
}

type InfoOf = (id: string) => { readonly importedIds: readonly string[] } | null;

/** Paths of scripts. */
export interface Entries {
  /** The page's own. */
  readonly start: string;
  /** The interface, which the page's own script imports with import(). */
  readonly main: string;
  /** Light mode, a page of its own. */
  readonly light: string;
}

/** One file for all that the interface imports and the page's own script does not; what light mode imports too is another. */
export function interfaceInTwoFiles({ start, main, light }: Entries): Rolldown.CodeSplittingGroup {
  let first: ReadonlySet<string> | null = null;
  let then: ReadonlySet<string> | null = null;
  let lights: ReadonlySet<string> | null = null;
  return {
    debugName: 'interface',
    name: (id, context) => {
      const info: InfoOf = (of) => context.getModuleInfo(of);
      first ??= reachedFrom(start, info);
      then ??= reachedFrom(main, info);
      lights ??= reachedFrom(light, info);
      if (!then.has(id) || first.has(id)) return null;
      return lights.has(id) ? 'shared' : 'main';
    },
    includeDependenciesRecursively: false,
  };
}
