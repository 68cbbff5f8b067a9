// Writes labels into a device's database in a folder, offline, and says the number of each that is saved, until it is
// killed. Arguments: folder, workspace id.
import { openNodeEngineWithDatabase } from '../../client/open-node';

const [folder, workspaceId] = process.argv.slice(2);
const { engine, pg } = await openNodeEngineWithDatabase({
  userId: 'nobody',
  dataDir: folder!,
  baseUrl: '',
  sync: false,
});
// The workspace as a first load would have brought it.
await pg.query(
  `insert into sync.workspace (id, name, created_at, updated_at, version) values ($1, 'Station', now(), now(), 1)`,
  [workspaceId],
);
await pg.query('select sync.apply_workspace(false)');
for (let i = 1; ; i++) {
  await engine.write(crypto.randomUUID(), [
    {
      sql: "insert into label (id, workspace_id, name, color) values ($1, $2, $3, '#112233')",
      parameters: [crypto.randomUUID(), workspaceId, `label ${i}`],
    },
  ]);
  process.stdout.write(`${i}\n`);
}
