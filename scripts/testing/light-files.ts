// Light mode's small store in memory, for tests in Node: it outlives whoever uses it, as a browser's does.
import { MemoryFiles } from '../../client/sync/light/memory-files';
import type { LightState } from '../../client/sync/light/state';

export class MemoryLightFiles extends MemoryFiles {
  /** Runs before a change is stored; what it throws is thrown, and nothing is stored. */
  beforeStoring: (next: LightState) => void = () => {};

  override async read(): Promise<LightState | null> {
    await tick();
    return await super.read();
  }

  override async change(change: (state: LightState) => LightState): Promise<LightState> {
    await tick();
    const next = await super.change((state) => {
      const changed = change(state);
      this.beforeStoring(changed);
      return changed;
    });
    await tick();
    return next;
  }
}

/** As a browser's storage does, it answers later. */
const tick = () => new Promise<void>((done) => setImmediate(done));
