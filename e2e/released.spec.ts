// S3: the client of a released version works with this server: what is written in it, also offline, arrives.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { columns } from './app';
import { Server } from './server';
import { makeTeam } from './team';
import { expect, test } from './test';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));

/** Puts a kept client (scripts/release.ts) into a folder of its own. */
function unpackClient(version: string): string {
  const folder = mkdtempSync(join(tmpdir(), `outpost-client-${version}-`));
  const zip = brotliDecompressSync(readFileSync(join(fixtures, version, 'client.zip.br')));
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

for (const version of readdirSync(fixtures).sort()) {
  test(`S3: the client of ${version} works with this server, offline and back`, async ({ device }) => {
    const client = unpackClient(version);
    const server = await Server.create('scripts/start.ts', client);
    try {
      const team = await makeTeam(server, { tasks: ['Known'] });
      const browser = await device({ baseURL: server.url });
      const app = await browser.boardOf(team, team.owner);
      await browser.offline(true);
      await app.says('Offline');
      await app.addTask(columns.todo, 'Written offline');
      await browser.offline(false);
      await app.upToDate();
      await app.isOnServer('Written offline');
      const titles = [...(await team.owner.rows(team.workspaceId, 'task')).values()].map((row) => row.title);
      expect(titles.sort()).toEqual(['Known', 'Written offline']);
    } finally {
      await server.remove();
      rmSync(client, { recursive: true, force: true });
    }
  });
}
