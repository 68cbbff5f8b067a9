// Entry of the worker that every tab starts; one of them leads and holds the database.
import { schema } from '../db/outpost';
import type { MigrationFile } from '../db/sync/migrate';
import { deviceFeatures } from './device-features';
import { browserFiles } from './file/device-files';
import preparedUrl from './generated/prepared.tar?url';
import { DocumentWords } from './page/store/document-words';
import { startWordsWorker } from './page/store/words-thread';
import { Engine } from './sync/engine';
import type { Start, ToLeader } from './sync/messages';
import { Relay } from './sync/relay';
import { openStorage } from './sync/storage';

const files = import.meta.glob<string>(['../migrations/**/*.sql', '!../migrations/**/*server.sql'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const migrations: MigrationFile[] = Object.entries(files).map(([path, sql]) => ({
  name: path.slice('../migrations/'.length),
  sql,
}));

let relay: Relay | null = null;

self.onmessage = ({ data }: MessageEvent<Start | ToLeader>) => {
  if (data.type !== 'start') {
    relay?.take(data);
    return;
  }
  const { userId, baseUrl } = data;
  relay = new Relay({
    userId,
    toTab: (message) => self.postMessage(message),
    async open() {
      const database = await openStorage(userId, { schema, migrations }, fetchPrepared);
      const engine = await Engine.open({
        database,
        schema,
        userId,
        features: deviceFeatures({
          words: new DocumentWords(startWordsWorker),
          files: browserFiles(userId),
        }),
        baseUrl,
        deviceOnline: () => navigator.onLine,
      });
      // The plugin that carries shapes throws some of its errors where nobody can catch them.
      const recover = (event: Event) => {
        event.preventDefault();
        console.warn('Outpost: reading starts again after', event);
        void engine.recover();
      };
      addEventListener('unhandledrejection', recover);
      addEventListener('error', recover);
      return engine;
    },
  });
};

async function fetchPrepared(): Promise<Blob> {
  const response = await fetch(preparedUrl);
  if (!response.ok) throw new Error('the prepared database could not be loaded');
  return await response.blob();
}
