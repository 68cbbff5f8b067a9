// What this tab has written and the database has not answered yet, laid over the rows of its live queries, so that a
// write is on the screen in the next frame (docs/decisions/0019-paint-before-the-answer.md).
//
// A write is laid over a live query until an answer comes that contains it: one that names it among those it holds
// (live-queries.ts), or any that comes after the write's own result. So an answer from before the write never takes it
// off, and one from after it never has it twice. Until the write is stored, its rows that have a mark say so: `writing`.
// A write that fails is taken off.
import { type Laid, type Laying, laidOver, type ShownRow } from './laying';
import type { Operation } from './operations';

interface Write {
  readonly request: string;
  operations: readonly Laid[];
  /** Its result has come: it is on this device's storage. */
  stored: boolean;
}

interface Watch {
  readonly laying: Laying;
  /** Rows as the database last answered; null: it has not yet. */
  base: readonly ShownRow[] | null;
  /** As told last. */
  painted: readonly ShownRow[] | null;
  /** Writes that are in `base`. */
  readonly contained: Set<Write>;
  readonly tell: (rows: ShownRow[]) => void;
}

/** One live query's part in it. */
export interface Watched {
  /**
   * The database has answered.
   * @param rows null: they are as they were
   * @param holding writes that the answer contains and whose results may not have come yet
   */
  answered(rows: readonly ShownRow[] | null, holding: readonly string[]): void;
  stop(): void;
}

const rowOf = ({ table, where }: Operation) => JSON.stringify([table, where.id]);

export class Overlay {
  /** In the order in which they were asked for, which is the order in which the database carries them out. */
  #writes: Write[] = [];
  #watches = new Set<Watch>();

  /** @param tell gets the rows with what is laid over them, whenever they may have changed */
  watch(laying: Laying, tell: (rows: ShownRow[]) => void): Watched {
    const watch: Watch = { laying, base: null, painted: null, contained: new Set(), tell };
    this.#watches.add(watch);
    return {
      answered: (rows, holding) => {
        if (rows) watch.base = rows;
        let isNew = rows !== null;
        for (const write of this.#writes) {
          if (watch.contained.has(write) || !(write.stored || holding.includes(write.request))) continue;
          watch.contained.add(write);
          isNew = true;
        }
        if (isNew) this.#paint(watch);
      },
      stop: () => this.#watches.delete(watch),
    };
  }

  /** A write is asked for: its operations are shown at once. @param request names it; once only */
  begin(request: string, operations: readonly Operation[]): void {
    this.#writes.push({ request, operations: this.#withRows(operations), stored: false });
    if (operations.length > 0) this.#paintAll();
  }

  /** It is on this device's storage. */
  stored(request: string): void {
    const write = this.#writes.find((one) => one.request === request);
    if (!write) return;
    write.stored = true;
    if (write.operations.length > 0) this.#paintAll();
  }

  /** Nothing of it took effect. */
  failed(request: string): void {
    const at = this.#writes.findIndex((write) => write.request === request);
    const rows = new Set(this.#writes[at]?.operations.map(rowOf));
    this.takeOff(request);
    // What came after was laid over rows as this one would have left them.
    for (const write of at < 0 ? [] : this.#writes.slice(at)) {
      if (write.operations.some((operation) => rows.has(rowOf(operation)))) {
        write.operations = this.#withRows(write.operations, write);
      }
    }
    this.#paintAll();
  }

  /** Every live query's rows contain it. */
  takeOff(request: string): void {
    const taken = this.#writes.find((write) => write.request === request);
    if (!taken) return;
    this.#writes = this.#writes.filter((write) => write !== taken);
    for (const watch of this.#watches) watch.contained.delete(taken);
    if (taken.operations.length > 0) this.#paintAll();
  }

  /** @returns what is shown of a row of this table, of all live queries together; null: nothing */
  shown(table: string, id: unknown): ShownRow | null {
    let found: ShownRow | null = null;
    for (const { laying, painted } of this.#watches) {
      const row = laying.of === table ? painted?.find((one) => one.id === id) : undefined;
      if (row) found = found === null ? row : Object.assign({}, found, row);
    }
    return found;
  }

  /** @param until the write whose operations they are, if it is among the laid ones */
  #withRows(operations: readonly Operation[], until?: Write): Laid[] {
    /** Rows as the operations before have left them. */
    const rows = new Map<string, ShownRow | null>();
    return operations.map((operation) => {
      const { kind, table, where, set } = operation;
      if (where.id === undefined) return { ...operation, was: null };
      const key = rowOf(operation);
      const before = rows.has(key)
        ? rows.get(key)!
        : until
          ? this.#shownBefore(until, table, where.id)
          : this.shown(table, where.id);
      const was = kind === 'insert' ? null : before;
      rows.set(key, kind === 'delete' || (kind === 'update' && was === null) ? null : { ...was, ...set });
      return { ...operation, was };
    });
  }

  /** As `shown`, with only what was asked for before a write laid over it. */
  #shownBefore(until: Write, table: string, id: unknown): ShownRow | null {
    const before = this.#writes.slice(0, this.#writes.indexOf(until));
    let found: ShownRow | null = null;
    for (const { laying, base, contained } of this.#watches) {
      if (laying.of !== table) continue;
      let row: ShownRow | null = base?.find((one) => one.id === id) ?? null;
      for (const write of before) {
        for (const operation of contained.has(write) ? [] : write.operations) {
          if (operation.table !== table || operation.where.id !== id) continue;
          if (operation.kind === 'insert') row = operation.set;
          else if (row) row = operation.kind === 'delete' ? null : { ...row, ...operation.set };
        }
      }
      if (row) found = found === null ? row : Object.assign({}, found, row);
    }
    return found;
  }

  #paintAll(): void {
    for (const watch of [...this.#watches]) this.#paint(watch);
  }

  #paint(watch: Watch): void {
    const { base, laying, contained } = watch;
    if (base === null || !this.#watches.has(watch)) return;
    let rows = base;
    for (const write of this.#writes) {
      if (contained.has(write)) continue;
      for (const operation of write.operations) rows = laidOver(laying, rows, operation);
    }
    rows = this.#marked(watch, rows);
    if (rows === watch.painted) return;
    watch.painted = rows;
    watch.tell([...rows]);
  }

  /** Rows with marks say where their changes are: being stored, or only on this device. */
  #marked({ laying, contained }: Watch, rows: readonly ShownRow[]): readonly ShownRow[] {
    const marks = new Map<unknown, 'writing' | 'pending'>();
    for (const write of this.#writes) {
      if (write.stored && contained.has(write)) continue;
      for (const { table, kind, where } of write.operations) {
        if (table !== laying.of || kind === 'delete') continue;
        if (!write.stored) marks.set(where.id, 'writing');
        else if (!marks.has(where.id)) marks.set(where.id, 'pending');
      }
    }
    if (marks.size === 0 || !rows.some((row) => marks.has(row.id) && 'pending' in row)) return rows;
    return rows.map((row) => {
      const mark = 'pending' in row ? marks.get(row.id) : undefined;
      if (mark === undefined) return row;
      return mark === 'writing' ? { ...row, pending: true, writing: true } : { ...row, pending: true };
    });
  }
}
