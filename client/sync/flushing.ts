// Brings what was committed onto the device's storage, and does not give up where that has no room.
import { isFull } from './database';

export interface FlushingOptions {
  /** One try. */
  flush(): Promise<void>;
  /** There is no room; it is tried again. */
  full(): void;
  /** There is room again. */
  hasRoom(): void;
  isClosed(): boolean;
  /** Longest pause between two tries, ms. */
  readonly maxPause: number;
}

/**
 * Resolves when everything that was committed is stored. Where the storage has no room (IndexedDB: the rows are in
 * memory then) that is said at once, and tried again: what is called saved is saved.
 * @throws what the storage throws for another reason
 */
export async function flushPatiently(options: FlushingOptions): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      await options.flush();
      if (failures > 1) options.hasRoom();
      return;
    } catch (error) {
      if (!isFull(error) || options.isClosed()) throw error;
      options.full();
      const pause = Math.min(options.maxPause, 250 * 2 ** Math.min(failures, 8));
      await new Promise((again) => setTimeout(again, pause));
    }
  }
}
