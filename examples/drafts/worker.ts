// The worker that holds the device's database. MIGRATIONS is put in when it is bundled (server.ts).
import { runWorker } from '../../client/sync/run-worker';
import type { MigrationFile } from '../../db/sync/migrate';
import { schema } from './schema';

declare const MIGRATIONS: readonly MigrationFile[];

runWorker({
  schema,
  migrations: MIGRATIONS,
  features: () => [],
  prepared: async () => await (await fetch('/prepared.tar')).blob(),
});
