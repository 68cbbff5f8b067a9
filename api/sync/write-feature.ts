// What a feature of the app may do when rows are written through POST /api/write. The core itself knows no table.
import type { Operation, RefusalKind } from '../../db/sync/wire';
import type { Person } from './sessions';

/** Why an operation is refused; `rule` names the sentence for it (Schema.sentences), if there is one. */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly rule: string | null;
}

/**
 * All of it is optional. `check` and `note` run where the request is answered, which is a thread for a large one: they see
 * nothing of the main process there. `committed` runs in the main process only.
 * @typeParam Note plain data, as postMessage takes it
 */
export interface WriteFeature<Note = unknown> {
  /**
   * Looks at the operations of one local transaction before anything is locked for them, and may take its time. They are
   * well-formed, and of tables of the schema.
   * @returns those that are refused; the others are judged and applied
   * @throws ApiFailure 'busy' with a time to come again: the person has too much under way
   */
  check?(operations: readonly Operation[], person: Person): Promise<ReadonlyMap<Operation, Refusal>>;
  /** What `committed` is to hear of an operation that was not refused; null: nothing. */
  note?(operation: Operation): Note | null;
  /** Hears of what one request wrote, after all of its transactions were committed, also when it was a repetition. */
  committed?(notes: readonly Note[], person: Person): void;
}
