// npm start: builds the client when it must, starts everything behind one port, prints where, stops cleanly.
import { EnvironmentError, readEnvironment } from '../api/environment';
import { staticFiles } from '../api/static';
import { buildClient, clientDist, compressInBackground } from './build';
import { type Host, HostError, startHost } from './host';

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

process.on('SIGINT', () => {
  if (ending) log('Stopped at once.');
  else log('\nStopping. Press Ctrl-C again to force it.');
  void end(0);
});
process.on('SIGTERM', () => void end(0));

try {
  // Before the build: Vite sets NODE_ENV in this process.
  const environment = readEnvironment();
  const built = await buildClient({ onlyWhenStale: true, compression: 'quick', log });
  const started = await startHost({
    environment,
    client: staticFiles(clientDist),
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
  if (built) stopCompressing = compressInBackground();
} catch (error) {
  if (!(error instanceof HostError || error instanceof EnvironmentError)) throw error;
  console.error(error.message);
  process.exit(1);
}
