// Outpost's device: what the worker of a tab runs. worker.ts loads it.

import type { MigrationFile } from '../db/sync/migrate';
import { schema } from '../db/tables';
import { deviceFeatures } from './device-features';
import { engineParts, responseAt } from './engine-parts';
import { browserFiles } from './file/device-files';
import preparedUrl from './generated/prepared.disk?url';
import { DocumentWords } from './page/store/document-words';
import { startWordsWorker } from './page/store/words-thread';
import { browserLight } from './sync/light/browser';
import { lightName } from './sync/light/files';
import { storedName } from './sync/registry';
import { runWorker } from './sync/run-worker';

const files = import.meta.glob<string>(['../migrations/**/*.sql', '!../migrations/**/*server.sql'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const migrations: MigrationFile[] = Object.entries(files).map(([path, sql]) => ({
  name: path.slice('../migrations/'.length),
  sql,
}));

const name = 'outpost';

runWorker({
  name,
  schema,
  migrations,
  engine: engineParts,
  features: (userId) =>
    deviceFeatures({
      words: new DocumentWords(startWordsWorker),
      files: browserFiles(userId),
      light: browserLight(lightName(storedName({ name }, userId))),
    }),
  prepared: () => responseAt(preparedUrl),
});
