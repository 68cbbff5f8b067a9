// Keeps the embedded Postgres running: when it ends by itself it is started again, on the same port.
import { type PostgresOptions, type RunningPostgres, startPostgres } from './postgres';

export interface Supervised {
  readonly url: string;
  /** Process id of the server that runs now; another one after a restart. */
  pid(): number;
  stop(): Promise<void>;
}

/** Starts that fail in a row before it gives up. */
const attempts = 5;

/**
 * @param report one line when the server had to be started again
 * @param giveUp called once when it cannot be started again
 * @throws PostgresError when the first start fails
 */
export async function supervisePostgres(
  options: PostgresOptions,
  report: (line: string) => void,
  giveUp: (error: unknown) => void,
): Promise<Supervised> {
  let running = await startPostgres(options);
  const { port, url } = running;
  let stopping = false;
  const again = async (): Promise<RunningPostgres> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await startPostgres({ ...options, port });
      } catch (error) {
        if (attempt === attempts || stopping) throw error;
        await new Promise((done) => setTimeout(done, attempt * 200));
      }
    }
  };
  const watching = (async () => {
    for (;;) {
      await running.exited;
      if (stopping) return;
      report('Postgres ended by itself; it is started again.');
      running = await again();
    }
  })().catch((error: unknown) => {
    if (!stopping) giveUp(error);
  });
  return {
    url,
    pid: () => running.pid,
    async stop() {
      stopping = true;
      await running.stop();
      await watching;
      await running.stop();
    },
  };
}
