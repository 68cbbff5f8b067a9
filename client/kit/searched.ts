// What a feature gives to the full-text search: a query of its hits, of the same columns for all of them.
import type { RawBuilder } from 'kysely';

export interface SearchTerms {
  readonly workspaceId: string;
  /** A tsquery. */
  readonly query: RawBuilder<unknown>;
  /** The first word that was typed, in lower case. */
  readonly first: string;
  /** No more hits than this are asked for. */
  readonly limit: number;
}

/**
 * The best hits of a feature, as SQL of one select in parentheses: its columns are `id, kind, task_id, project_id, resource,
 * title, status, at, author, body, rank`, as Hit in client/search/queries.ts has them. `body` is the text of which a
 * piece is shown; `found` (`row_id, words`) has the rows of sync.words that match; `rank` is compared with that of others: 1.5 × ts_rank where the row is more than a remark.
 */
export type Searched = (terms: SearchTerms) => RawBuilder<unknown>;
