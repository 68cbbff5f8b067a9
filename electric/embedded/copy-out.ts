// Reads the rows of a one-column query by COPY in binary format: the bytes arrive as they are in Postgres,
// without being made into strings.
import type { PoolClient } from 'pg';

/** Called with each row's bytes, valid only during the call: pg reuses its receive buffer. */
export type RowReader = (source: Buffer, start: number, end: number) => void;

/** What pg calls on an active query; its types do not describe queries of one's own. */
interface WireQuery {
  submit(connection: { query(sql: string): void }): void;
  handleCopyData(message: { readonly chunk: Buffer }): void;
  handleCommandComplete(): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
}

/** Signature, flags and the length of the header extension. */
const headerLength = 19;

/**
 * Runs the query, which must have one column without nulls, and hands every row to `read`.
 * @param sql a query without parameters: COPY takes none
 */
export function copyOut(client: PoolClient, sql: string, read: RowReader): Promise<void> {
  return new Promise((resolve, reject) => {
    let first = true;
    let failure: unknown;
    const query: WireQuery = {
      submit: (connection) => connection.query(`copy (${sql}) to stdout (format binary)`),
      handleCopyData({ chunk }) {
        let at = 0;
        if (first) {
          first = false;
          at = headerLength;
        }
        // A row is its field count, then the field's length and bytes; a count of -1 ends the rows.
        while (at + 6 <= chunk.length && chunk.readInt16BE(at) === 1) {
          const start = at + 6;
          const end = start + chunk.readInt32BE(at + 2);
          try {
            if (failure === undefined) read(chunk, start, end);
          } catch (error) {
            failure = error;
          }
          at = end;
        }
      },
      handleCommandComplete() {},
      handleReadyForQuery: () => (failure === undefined ? resolve() : reject(failure)),
      handleError: reject,
    };
    (client as unknown as { query(query: WireQuery): void }).query(query);
  });
}
