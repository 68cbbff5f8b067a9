// One device of a person as the write API sees it: sends operations and hears the verdicts.
import { formatClock } from '../../db/sync/clock';
import { type Operation, PROTOCOL, type Verdict, type WriteResponse } from '../../db/sync/wire';
import type { TestPerson } from './api';

export type Write = Pick<Operation, 'table' | 'id' | 'set'> & Partial<Operation>;

export class Writer {
  readonly #clientId = crypto.randomUUID();
  readonly #node = crypto.randomUUID().slice(-12);
  #n = 0;
  #counter = 0;

  constructor(readonly person: TestPerson) {}

  /** Sends one transaction; an operation is an insert at this moment unless it says otherwise. */
  async write(...operations: readonly Write[]): Promise<Verdict[]> {
    const { status, body } = await this.person.json<WriteResponse>('POST', '/api/write', {
      protocol: PROTOCOL,
      clientId: this.#clientId,
      serverId: null,
      acknowledged: 0,
      transactions: [
        {
          n: ++this.#n,
          operations: operations.map((o) => ({
            kind: 'insert',
            was: {},
            clock: formatClock(Date.now(), this.#counter++ & 0xffff, this.#node),
            ...o,
          })),
        },
      ],
    });
    if (status !== 200) throw new Error(`the write was answered ${status}: ${JSON.stringify(body)}`);
    return body.answers.flatMap((a) => a.verdicts);
  }
}
