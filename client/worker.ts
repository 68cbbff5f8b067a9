// Entry of the worker that every tab of Outpost starts; one of them leads and holds the database.

import type { MigrationFile } from '../db/sync/migrate';
import { schema } from '../db/tables';
import { deviceFeatures } from './device-features';
import { browserFiles } from './file/device-files';
import preparedUrl from './generated/prepared.disk?url';
import { DocumentWords } from './page/store/document-words';
import { startWordsWorker } from './page/store/words-thread';
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

runWorker({
  name: 'outpost',
  schema,
  migrations,
  features: (userId) =>
    deviceFeatures({ words: new DocumentWords(startWordsWorker), files: browserFiles(userId) }),
  async prepared() {
    const response = await fetch(preparedUrl);
    if (!response.ok) throw new Error('the prepared database could not be loaded');
    return response;
  },
});
