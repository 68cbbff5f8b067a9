// npm start: builds the client when it must, starts everything behind one port, prints where, stops cleanly.
import { EnvironmentError, readEnvironment } from '../api/host/environment';
import { type Host, HostError, startHost } from '../api/host/host';
import { staticFiles } from '../api/host/static';
import { buildWhenStale, clientDist, clientIsStale, compressInBackground } from './build';
import { demonstration } from './demo';

const began = performance.now();
const log = (line: string) => console.log(line);
let host: Host | null = null;
let ending = false;
let stopCompressing = () => {};

async function end(code: number): Promise<void> {
  if (ending) process.exit(code === 0 ? 130 : code);
  ending = true;
  stopCompressing();
  await host?.stop();
  process.exit(code);
}

let interrupted = Number.NEGATIVE_INFINITY;
process.on('SIGINT', () => {
  // One Ctrl-C comes twice: from the terminal, and from the program that runs this one.
  if (performance.now() - interrupted < 500) return;
  interrupted = performance.now();
  if (ending) log('Stopped at once.');
  else log('\nStopping. Press Ctrl-C again to force it.');
  void end(0);
});
process.on('SIGTERM', () => void end(0));

try {
  // First, so that a bad variable is told before the build.
  const environment = readEnvironment();
  const stale = environment.clientDist === null && clientIsStale();
  if (stale) {
    log('Building the client; this is done once.');
    if (!(await buildWhenStale())) throw new HostError('The client could not be built; see above.');
  }
  const started = await startHost({
    demonstration,
    environment,
    client: staticFiles(environment.clientDist ?? clientDist),
    log,
    onFatal: (error) => {
      console.error(error.message);
      void end(1);
    },
  });
  if (ending) await started.stop();
  host = started;
  log(`\nOutpost is ready at ${started.url}  (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  for (const { email, password } of started.demo) log(`  sign in as ${email}  password ${password}`);
  log('Ctrl-C stops it.');
  if (stale) stopCompressing = compressInBackground();
} catch (error) {
  if (!(error instanceof HostError || error instanceof EnvironmentError)) throw error;
  console.error(error.message);
  process.exit(1);
}
