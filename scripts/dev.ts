// npm run dev: the same server, with Vite in it instead of the built client: one port, changes show at once.
import { fileURLToPath } from 'node:url';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';
import { createServer, type ViteDevServer } from 'vite';
import { EnvironmentError } from '../api/host/environment';
import { type Host, HostError, startHost } from '../api/host/host';
import { demonstration } from './demo';
import { prepareDatabase } from './prepare';

let vite: ViteDevServer | null = null;
let host: Host | null = null;
let ending = false;

const client: MiddlewareHandler<{ Bindings: HttpBindings }> = async (c, next) => {
  const { incoming, outgoing } = c.env;
  if (!vite) return c.text('Vite is starting\n', 503);
  const handled = await new Promise<boolean>((done) => {
    outgoing.once('finish', () => done(true));
    outgoing.once('close', () => done(true));
    vite?.middlewares(incoming, outgoing, () => done(false));
  });
  if (handled) return RESPONSE_ALREADY_SENT;
  await next();
};

async function end(code: number): Promise<void> {
  if (ending) process.exit(130);
  ending = true;
  await vite?.close();
  await host?.stop();
  process.exit(code);
}
process.on('SIGINT', () => void end(0));
process.on('SIGTERM', () => void end(0));

try {
  await prepareDatabase();
  host = await startHost({
    demonstration,
    client,
    log: (line) => console.log(line),
    onFatal: (error) => {
      console.error(error.message);
      void end(1);
    },
  });
  vite = await createServer({
    configFile: fileURLToPath(new URL('../client/vite.config.ts', import.meta.url)),
    server: { middlewareMode: true, hmr: { server: host.api.server } },
  });
  console.log(`\nOutpost for development at ${host.url}`);
  for (const { email, password } of host.demo) console.log(`  sign in as ${email}  password ${password}`);
} catch (error) {
  if (!(error instanceof HostError || error instanceof EnvironmentError)) throw error;
  console.error(error.message);
  process.exit(1);
}
