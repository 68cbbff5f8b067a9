// The clients of released versions, as scripts/release.ts kept them.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { unzipSync } from 'fflate';

export const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));

/** Puts a kept client (scripts/release.ts) into a folder of its own. */
export function unpackClient(version: string): string {
  const folder = mkdtempSync(join(tmpdir(), `outpost-client-${version}-`));
  const zip = brotliDecompressSync(readFileSync(join(fixtures, version, 'client.zip.br')));
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}
