// Vite plugin: names in the page the scripts that its own script fetches at once, so that they arrive beside it.
import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite';

/** Tells them from the scripts that the page runs itself. */
const mark = 'data-then';

/** @param name of the chunk that the page's script imports when it runs */
export function preloadThen(name: string): Plugin {
  return {
    name: 'outpost-preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle, path }) {
        // Light mode's page has one script, and its imports are named already.
        if (!bundle || path !== '/index.html') return [];
        const named = Object.values(bundle).find((file) => file.type === 'chunk' && file.name === name);
        if (!named) throw new Error(`no chunk is called ${name}`);
        return withImports(bundle, named.fileName).map(
          (fileName): HtmlTagDescriptor => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, [mark]: true, href: `/${fileName}` },
            injectTo: 'head',
          }),
        );
      },
    },
  };
}

/** @returns names of the chunk and of all that it imports, each once */
function withImports(bundle: Rolldown.OutputBundle, fileName: string, found = new Set<string>()): string[] {
  const chunk = bundle[fileName];
  if (chunk?.type !== 'chunk' || found.has(fileName)) return [...found];
  // The page's own script is named already.
  if (!chunk.isEntry) found.add(fileName);
  for (const imported of chunk.imports) withImports(bundle, imported, found);
  return [...found];
}
