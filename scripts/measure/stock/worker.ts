// The database of the stock page: PGlite as its documentation shows it, in a worker, on IndexedDB.
import { PGlite } from '@electric-sql/pglite';
import { worker } from '@electric-sql/pglite/worker';

await worker({ init: async () => new PGlite({ dataDir: 'idb://stock' }) });
