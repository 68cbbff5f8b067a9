// Live queries of a new device wait for its first rows: on an empty database they find nothing, and what they cost at a
// start is what the first rows wait for.

/** When no rows come, live queries are run all the same after this time, ms: there may be no network. */
const PATIENCE = 1_000;

export class FirstRows {
  /** There may be rows. */
  haveCome = false;
  #resolve = () => {};
  /** Resolves when there may be rows. */
  readonly come = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  /** @param isNew rows are still to come: the device is new, and syncs */
  begin(isNew: boolean): void {
    if (isNew) setTimeout(() => this.arrived(), PATIENCE);
    else this.arrived();
  }

  arrived(): void {
    this.haveCome = true;
    this.#resolve();
  }
}
