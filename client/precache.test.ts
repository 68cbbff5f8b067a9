// What the service worker keeps of a build: every file that a device may ask for, and no copies for the server alone.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { injectPrecache } from './precache';

test('all files of a build are kept, also one that is packed itself, but no maps and no copies', () => {
  const dist = mkdtempSync(join(tmpdir(), 'outpost-dist-'));
  try {
    mkdirSync(join(dist, 'assets'));
    const files = [
      'index.html',
      'index.html.br',
      'index.html.gz',
      'assets/a-12345678.js',
      'assets/a-12345678.js.map',
    ];
    for (const name of [...files, 'assets/btree_gist.tar-12345678.gz']) writeFileSync(join(dist, name), name);
    writeFileSync(join(dist, 'sw.js'), 'JSON.parse("__PRECACHE__")');
    expect(injectPrecache(dist)).toBe(3);
    const list = JSON.parse(
      JSON.parse(/\((".*")\)/.exec(readFileSync(join(dist, 'sw.js'), 'utf8'))![1]!) as string,
    );
    expect(list.files).toEqual([
      '/assets/a-12345678.js',
      '/assets/btree_gist.tar-12345678.gz',
      '/index.html',
    ]);
    expect(list.version).toMatch(/^[0-9a-f]{12}$/);
    expect(() => injectPrecache(dist)).toThrow('no precache placeholder');
  } finally {
    rmSync(dist, { recursive: true });
  }
});
