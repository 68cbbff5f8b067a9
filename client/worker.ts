// Entry of the worker that every tab of Outpost starts; one of them leads and holds the database. It is small, so that
// PGlite's files are asked for at the first moment; what the worker runs (device.ts) arrives beside them.
import { engineParts } from './engine-parts';
import { markStart } from './sync/start-marks';

markStart('entry');
const early: MessageEvent[] = [];
self.onmessage = (event) => early.push(event);

// Another tab may hold the database: this worker will not need Postgres then, unless that tab is closed.
void navigator.locks.query().then(({ held }) => {
  const isHeld = held?.some(({ name }) => name?.startsWith('sync leader '));
  // Who opens the database hears why it failed.
  if (!isHeld) engineParts().catch(() => {});
});

import('./device').then(
  () => {
    for (const event of early.splice(0)) self.onmessage?.call(self, event);
  },
  // The tab is told that its worker could not start.
  (error: unknown) => self.reportError(error),
);
