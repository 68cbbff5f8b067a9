// The shape server on its own: `npx tsx electric/embedded/main.ts --database-url postgres://… --port 3000`.
// It reads Electric's environment variables too, so that it can stand in for Electric where there is no docker.
import { parseArgs } from 'node:util';
import { serve } from '@hono/node-server';
import { createShapeServer } from './server';

const usage = `Serves Electric's shape protocol for a Postgres database (wal_level=logical).

  --database-url URL   or DATABASE_URL
  --port N             or ELECTRIC_PORT, PORT; default 3000
  --host ADDRESS       default 127.0.0.1
  --secret TEXT        or ELECTRIC_SECRET; clients send it as ?secret=
  --allow-delete       or ELECTRIC_ENABLE_INTEGRATION_TESTING=true; clients may delete shapes
  --cap-mb N           memory for snapshots and logs; default a quarter of the machine's
  --chunk-bytes N      or ELECTRIC_SHAPE_CHUNK_BYTES_THRESHOLD; size of a response; default 2 MiB
  --max-age S          or ELECTRIC_CACHE_MAX_AGE; how long answers may be cached; default 60
  --stale-age S        or ELECTRIC_CACHE_STALE_AGE; default 300`;

const { values } = parseArgs({
  options: {
    'database-url': { type: 'string' },
    port: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    secret: { type: 'string' },
    'allow-delete': { type: 'boolean' },
    'cap-mb': { type: 'string' },
    'chunk-bytes': { type: 'string' },
    'max-age': { type: 'string' },
    'stale-age': { type: 'string' },
    help: { type: 'boolean' },
  },
});

const { env } = process;
const databaseUrl = values['database-url'] ?? env.DATABASE_URL;
if (values.help || !databaseUrl) {
  console.log(usage);
  process.exit(values.help ? 0 : 1);
}

/** The option's number, or nothing when it is not given. */
function number(name: string, text: string | undefined): number | undefined {
  if (!text) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`${name} must be a number, not "${text}".`);
  process.exit(1);
}

const secret = values.secret ?? env.ELECTRIC_SECRET;
const capMb = number('--cap-mb', values['cap-mb']);
const chunkBytes = number('--chunk-bytes', values['chunk-bytes'] ?? env.ELECTRIC_SHAPE_CHUNK_BYTES_THRESHOLD);
const maxAge = number('--max-age', values['max-age'] ?? env.ELECTRIC_CACHE_MAX_AGE);
const staleAge = number('--stale-age', values['stale-age'] ?? env.ELECTRIC_CACHE_STALE_AGE);
const port = number('--port', values.port ?? env.ELECTRIC_PORT ?? env.PORT) ?? 3000;

const server = await createShapeServer({
  databaseUrl,
  allowDelete: values['allow-delete'] ?? env.ELECTRIC_ENABLE_INTEGRATION_TESTING === 'true',
  logger: (level, sentence, error) => console.error(`${level}: ${sentence}${error ? ` ${error}` : ''}`),
  ...(secret ? { secret } : {}),
  ...(capMb === undefined ? {} : { logCapBytes: capMb * 1024 * 1024 }),
  ...(chunkBytes === undefined ? {} : { chunkBytes }),
  ...(maxAge === undefined ? {} : { maxAge }),
  ...(staleAge === undefined ? {} : { staleAge }),
});
const listening = serve(
  { fetch: (request) => server.handle(request), port, hostname: values.host },
  (address) => console.log(`Shapes are served on http://${address.address}:${address.port}/v1/shape`),
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    listening.close();
    await server.close();
    process.exit(0);
  });
}
