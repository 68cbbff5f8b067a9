// The outbox of light mode: the same transactions as the full app's (outbox.ts), kept in the small store and sent by the
// same sender, under a client id of its own. The full app goes on sending what is left in it (device.ts), as the very same
// client: so it takes effect once, whoever sends it and however often they are stopped in between (W1, W2).
import { PROTOCOL, type RefusalKind, type SessionAnswer, type WriteResponse } from '../../../db/sync/wire';
import { type Batch, fitting, type SendingStore } from '../sender';
import type { Exchange } from '../start-over';
import type { LightFiles } from './files';
import { answered, type LightState, met, refusedHere, startedOver } from './state';

export class LightOutbox implements SendingStore {
  /** @param changed gets what is stored now, after each step */
  constructor(
    private readonly files: LightFiles,
    private readonly changed: (state: LightState) => void,
  ) {}

  async next(): Promise<Batch | null> {
    const state = await this.files.read();
    if (!state || state.waiting.length === 0) return null;
    const { clientId, serverId, mark, acknowledged, waiting } = state;
    const transactions = waiting.map(({ n, operations }) => ({ n, json: JSON.stringify({ n, operations }) }));
    return {
      head: { protocol: PROTOCOL, clientId, serverId, mark, acknowledged },
      transactions: fitting(transactions),
    };
  }

  async answered(response: WriteResponse, exchange: Exchange, { head }: Batch): Promise<void> {
    await this.#change((state) => answered(state, head.clientId, response, exchange));
  }

  async refuse({ head, transactions }: Batch, kind: RefusalKind): Promise<void> {
    const { n } = transactions[0]!;
    await this.#change((state) => refusedHere(state, head.clientId, n, kind, Date.now()));
  }

  async startOver({ head }: Batch): Promise<void> {
    await this.#change((state) => startedOver(state, head.clientId));
  }

  /** Takes in what the server says of itself. */
  async meet(server: SessionAnswer, exchange: Exchange): Promise<void> {
    await this.#change((state) => met(state, server, exchange));
  }

  async #change(step: (state: LightState) => LightState): Promise<void> {
    this.changed(await this.files.change(step));
  }
}
