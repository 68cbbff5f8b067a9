// What the worker of a tab does: it takes part in the election, and holds the database when it leads. An app's own
// worker calls runWorker() with what the app is made of.
import { Engine } from './engine';
import type { EngineFeature } from './feature';
import type { Start, ToLeader } from './messages';
import { PastProblems } from './past-problems';
import { storedName } from './registry';
import { Relay } from './relay';
import type { OpenSource } from './row-source';
import { openStorage, type StoredApp } from './storage';

export interface WorkerApp extends StoredApp {
  /** What the app adds to the engine of this person; called each time that this worker opens the database. */
  features(userId: string): readonly EngineFeature[];
  /** Where rows come from; absent: the shape stream. */
  readonly source?: OpenSource;
  /** The image of a migrated, empty database (imageOf in prepared-node.ts), so that a first start need not run initdb. */
  prepared(): Promise<Blob | Response>;
}

/** To be called once, at the top of the worker: it listens from now on. */
export function runWorker(app: WorkerApp): void {
  let relay: Relay | null = null;
  const past = new PastProblems();
  self.onmessage = ({ data }: MessageEvent<Start | ToLeader>) => {
    if (data.type !== 'start') {
      relay?.take(data);
      return;
    }
    const { userId } = data;
    relay = new Relay({
      name: storedName(app, userId),
      toTab: (message) => self.postMessage(message),
      open: () => openEngine(app, data, past),
      past,
    });
  };
}

async function openEngine(app: WorkerApp, { userId, baseUrl }: Start, past: PastProblems): Promise<Engine> {
  const engine = await Engine.open({
    database: await openStorage(userId, app, () => app.prepared()),
    schema: app.schema,
    userId,
    past,
    features: app.features(userId),
    baseUrl,
    ...(app.source ? { source: app.source } : {}),
    deviceOnline: () => navigator.onLine,
  });
  // The plugin that carries shapes throws some of its errors where nobody can catch them.
  const recover = (event: Event) => {
    event.preventDefault();
    console.warn('sync: reading starts again after', event);
    void engine.recover();
  };
  addEventListener('unhandledrejection', recover);
  addEventListener('error', recover);
  return engine;
}
