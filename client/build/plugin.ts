// Vite plugin: PGlite's scripts for the module and the package that are shipped (engine.ts). It is needed for the page
// and for workers, in a build and in development.
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { type Engine, slimEngine, slimScript } from './engine';

/** @param dist folder with PGlite's files */
export function slimPGlite(dist: string, extensions: readonly string[]): Plugin {
  let engine: Engine | undefined;
  return {
    name: 'outpost-pglite',
    enforce: 'pre',
    transform(code, id) {
      if (!id.startsWith(join(dist, 'chunk-'))) return null;
      engine ??= slimEngine(dist, extensions);
      const slim = slimScript(code, engine.kept);
      return slim === null ? null : { code: slim, map: null };
    },
  };
}
