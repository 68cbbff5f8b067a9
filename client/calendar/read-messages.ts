// What the page and the thread that reads calendar files say to each other.
import type { FileProblemKind } from '../../db/calendar/problem';
import type { CalendarFile } from '../../db/calendar/read';

export interface ReadOptions {
  /** Of the resource. */
  readonly zone: string;
  /** ms since 1970 */
  readonly now: number;
}

export interface ReadRequest {
  readonly bytes: Uint8Array;
  readonly options: ReadOptions;
}

export type ReadAnswer =
  | { readonly file: CalendarFile }
  | { readonly kind: FileProblemKind; readonly details: readonly string[] };
