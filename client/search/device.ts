// What search adds to a device's engine: the words of rows, made in the background, a few rows at a time, so that neither
// a first load nor a write waits for them.
import type { EngineFeature, FeatureHost, FeatureWork } from '../sync/feature';
import { serialized } from '../sync/serialized';

/** Rows in one transaction: as many as are read in this time, ms, which is how long somebody else may wait for the database. */
const STEP = 8;
const FEWEST = 20;
const MOST = 400;
/** Searches that are open hear of new words this often while many are made, ms. */
const TOLD_EVERY = 1_000;

const searched = ['task', 'comment', 'booking', 'page'];

export const searchOnDevice: EngineFeature = {
  name: 'search',
  derived: ['words', 'unread'],
  open: (host) => reading(host),
};

function reading(host: FeatureHost): FeatureWork {
  let closed = false;
  const read = serialized(async () => {
    try {
      let told = Date.now();
      let untold = false;
      let some = FEWEST;
      // During a first load the rows themselves come first.
      while (!closed && !host.loading()) {
        const begun = performance.now();
        const { rows } = await host.pg.query<{ read: number }>('select sync.read_words($1) as read', [some]);
        const count = rows[0]!.read;
        untold ||= count > 0;
        if (untold && (count < some || Date.now() - told > TOLD_EVERY)) {
          host.changed(['words', 'unread']);
          told = Date.now();
          untold = false;
        }
        if (count === 0) return;
        const fits = Math.round((some * STEP) / (performance.now() - begun));
        some = Math.min(Math.max(fits, FEWEST), 2 * some, MOST);
        // Whatever else waits for the database goes first.
        await new Promise((next) => setTimeout(next));
      }
      if (untold) host.changed(['words', 'unread']);
    } catch (error) {
      if (!closed) console.warn('Outpost: the words of rows were not made:', error);
    }
  });
  return {
    start: () => void read(),
    wake: () => void read(),
    changed(tables) {
      if (searched.some((table) => tables.has(table))) void read();
    },
    async close() {
      closed = true;
      await read();
    },
  };
}
