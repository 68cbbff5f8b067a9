// How the client is built: one page, its workers, and a service worker that knows every file of the build.
// The development proxy is set up by scripts/dev.ts.
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { interfaceInTwoFiles } from './build/chunks';
import { shippedExtensions, shippedFrom } from './build/engine';
import { slimPGlite } from './build/plugin';
import { preloadThen } from './build/preload';
import { precache } from './precache';

const root = import.meta.dirname;
const pglite = () => slimPGlite(shippedFrom, shippedExtensions);

const entries = {
  start: `${root}/start.ts`,
  main: `${root}/main.tsx`,
  light: `${root}/light/main.tsx`,
};

export default defineConfig({
  root,
  publicDir: 'public',
  plugins: [pglite(), react(), tailwindcss(), preloadThen('main'), precache()],
  worker: { format: 'es', plugins: () => [pglite()] },
  optimizeDeps: { exclude: ['@electric-sql/pglite'] },
  build: {
    outDir: `${root}/dist`,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { start: `${root}/index.html`, light: `${root}/light.html`, sw: `${root}/sw.ts` },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        codeSplitting: { groups: [interfaceInTwoFiles(entries)] },
      },
    },
  },
});
