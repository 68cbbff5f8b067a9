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

/**
 * One file for all that the interface imports and the page's own script does not.
 * @param start path of the page's own script
 * @param main path of the interface, which the page's own script imports with import()
 */
export function interfaceInOneFile(start: string, main: string): Rolldown.CodeSplittingGroup {
  let first: ReadonlySet<string> | null = null;
  let then: ReadonlySet<string> | null = null;
  return {
    debugName: 'interface',
    name: (id, context) => {
      const info: InfoOf = (of) => context.getModuleInfo(of);
      first ??= reachedFrom(start, info);
      then ??= reachedFrom(main, info);
      return then.has(id) && !first.has(id) ? 'main' : null;
    },
    includeDependenciesRecursively: false,
  };
}
