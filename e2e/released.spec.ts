// S3: the client of a released version works with this server: what is written in it, also offline, arrives.
import { readdirSync, rmSync } from 'node:fs';
import { columns } from './app';
import { fixtures, unpackClient } from './released-client';
import { Server } from './server';
import { makeTeam } from './team';
import { expect, test } from './test';

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
