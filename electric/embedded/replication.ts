// One logical replication connection: a temporary slot, the stream of changes, and the acknowledgements.
// It lives until the connection ends for whatever reason; reconnecting is the caller's business (source.ts).
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { connectionConfig } from './connection';
import { decodePgoutput, type PgoutputHandler } from './pgoutput';
import { type Lsn, parseLsn } from './position';

export interface ReplicationHandler extends PgoutputHandler {
  /** Postgres has sent everything whose commit record ends at or before `walEnd`. */
  keepalive(walEnd: Lsn): void;
}

export interface ReplicationStream {
  /** Identifies the cluster; another value means another database behind the same address. */
  readonly systemId: string;
  /** Transactions whose commit lies at or after this position are streamed. */
  readonly start: Lsn;
  /**
   * Asks Postgres for the changes; the handler is called from now on.
   * @param acknowledged the position that Postgres may forget everything before
   */
  run(handler: ReplicationHandler, acknowledged: () => Lsn): void;
  /** Stops reading from the socket until `resume`: Postgres is held up, nothing is lost. */
  pause(): void;
  resume(): void;
  /** Resolves with the reason when the connection has ended. */
  readonly ended: Promise<Error>;
  /** @param reason what `ended` resolves with */
  close(reason: Error): void;
}

/** The parts of pg's connection that replication needs and its types leave out. */
interface WireConnection {
  readonly stream: { pause(): void; resume(): void; destroy(error?: Error): void };
  on(event: 'copyData', listener: (message: { readonly chunk: Buffer }) => void): void;
  sendCopyFromChunk(chunk: Buffer): void;
}

const statusEvery = 5_000;
const silenceLimit = 30_000;
/** Microseconds between the Unix epoch and Postgres's. */
const postgresEpoch = 946_684_800_000_000n;

/**
 * Connects and creates a temporary slot. Slot creation waits for the transactions that are open now.
 * @param signal ends the connection whenever it is aborted
 * @throws the error of pg when the database is away or refuses
 */
export async function openReplication(
  databaseUrl: string,
  publication: string,
  signal: AbortSignal,
): Promise<ReplicationStream> {
  const client = new Client({ ...connectionConfig(databaseUrl), replication: 'database' } as object);
  const wire = (client as unknown as { connection: WireConnection }).connection;
  const close = () => wire.stream.destroy(new Error('closed'));
  let end: (reason: Error) => void = () => {};
  const ended = new Promise<Error>((resolve) => {
    end = resolve;
  });
  client.on('error', end);
  client.on('end', () => end(new Error('the replication connection ended')));
  signal.addEventListener('abort', close);
  void ended.then(() => signal.removeEventListener('abort', close));
  try {
    await client.connect();
    const system = await client.query<{ systemid: string }>('IDENTIFY_SYSTEM');
    const slot = `shapes_${randomBytes(8).toString('hex')}`;
    const created = await client.query<{ consistent_point: string }>(
      `CREATE_REPLICATION_SLOT ${slot} TEMPORARY LOGICAL pgoutput NOEXPORT_SNAPSHOT`,
    );
    signal.throwIfAborted();
    const start = parseLsn(created.rows[0]!.consistent_point);
    return stream(client, wire, system.rows[0]!.systemid, slot, publication, start, ended, end);
  } catch (error) {
    end(error as Error);
    close();
    throw error;
  }
}

function stream(
  client: Client,
  wire: WireConnection,
  systemId: string,
  slot: string,
  publication: string,
  start: Lsn,
  ended: Promise<Error>,
  end: (reason: Error) => void,
): ReplicationStream {
  let acknowledged = () => start;
  let lastHeard = Date.now();
  let paused = false;
  const sendStatus = (wantReply: boolean) => wire.sendCopyFromChunk(statusUpdate(acknowledged(), wantReply));

  const receive = (handler: ReplicationHandler, chunk: Buffer) => {
    lastHeard = Date.now();
    if (chunk[0] === 0x77) decodePgoutput(chunk.subarray(25), handler);
    else if (chunk[0] === 0x6b) {
      handler.keepalive(chunk.readBigUInt64BE(1));
      if (chunk[17] === 1) sendStatus(false);
    }
  };

  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    if (paused) lastHeard = Date.now();
    if (Date.now() - lastHeard > silenceLimit) {
      wire.stream.destroy(new Error('Postgres has been silent for too long'));
    } else sendStatus(true);
  };

  return {
    systemId,
    start,
    ended,
    run(handler, position) {
      acknowledged = position;
      wire.on('copyData', ({ chunk }) => {
        try {
          receive(handler, chunk);
        } catch (error) {
          end(error instanceof Error ? error : new Error(String(error)));
          wire.stream.destroy();
        }
      });
      const name = publication.replaceAll('"', '""').replaceAll("'", "''");
      client
        .query(
          `START_REPLICATION SLOT ${slot} LOGICAL 0/0 (proto_version '1', publication_names '"${name}"')`,
        )
        .then(() => end(new Error('Postgres ended the replication stream')), end);
      timer = setInterval(watch, statusEvery);
      timer.unref();
      void ended.then(() => clearInterval(timer));
    },
    pause() {
      paused = true;
      wire.stream.pause();
    },
    resume() {
      paused = false;
      lastHeard = Date.now();
      wire.stream.resume();
    },
    close(reason) {
      end(reason);
      wire.stream.destroy();
    },
  };
}

function statusUpdate(lsn: Lsn, wantReply: boolean): Buffer {
  const message = Buffer.allocUnsafe(34);
  message[0] = 0x72;
  message.writeBigUInt64BE(lsn, 1);
  message.writeBigUInt64BE(lsn, 9);
  message.writeBigUInt64BE(lsn, 17);
  message.writeBigInt64BE(BigInt(Date.now()) * 1000n - postgresEpoch, 25);
  message[33] = wantReply ? 1 : 0;
  return message;
}
