// The shape server on its own: `npx tsx electric/embedded/main.ts --database-url postgres://… --port 3000`.
// It reads Electric's environment variables too, so that it can stand in for Electric where there is no docker.
import { parseArgs } from 'node:util';
import { serve } from '@hono/node-server';
import { createShapeServer } from './server';

const usage = `Serves Electric's shape protocol for a Postgres database (wal_level=logical).

  --database-url URL   or DATABASE_URL
  --port N             or ELECTRIC_PORT, PORT; default 3000
  --host ADDRESS       or ELECTRIC_LISTEN_ON_IPV6=true for ::; default 127.0.0.1
  --secret TEXT        or ELECTRIC_SECRET; clients send it as ?secret=
  --insecure           or ELECTRIC_INSECURE=true; needed to serve other machines without a secret
  --allow-delete       or ELECTRIC_ENABLE_INTEGRATION_TESTING=true; clients may delete shapes
  --cap-mb N           memory for snapshots and logs; default a quarter of the machine's
  --chunk-bytes N      or ELECTRIC_SHAPE_CHUNK_BYTES_THRESHOLD; size of a response; default 2 MiB
  --long-poll-ms N     or ELECTRIC_LONG_POLL_TIMEOUT; how long a live request waits; default 20000
  --max-age S          or ELECTRIC_CACHE_MAX_AGE; how long answers may be cached; default 60
  --stale-age S        or ELECTRIC_CACHE_STALE_AGE; default 300
  --publication NAME   or ELECTRIC_REPLICATION_STREAM_ID for electric_publication_ID; default shape_server
  --pool N             or ELECTRIC_DB_POOL_SIZE; snapshots at the same time; default 4
  --log-level LEVEL    or ELECTRIC_LOG_LEVEL: info, warning or error; default info

Other variables of Electric are accepted and mean nothing here.`;

const { values } = parseArgs({
  options: {
    'database-url': { type: 'string' },
    port: { type: 'string' },
    host: { type: 'string' },
    secret: { type: 'string' },
    insecure: { type: 'boolean' },
    'allow-delete': { type: 'boolean' },
    'cap-mb': { type: 'string' },
    'chunk-bytes': { type: 'string' },
    'long-poll-ms': { type: 'string' },
    'max-age': { type: 'string' },
    'stale-age': { type: 'string' },
    publication: { type: 'string' },
    pool: { type: 'string' },
    'log-level': { type: 'string' },
    help: { type: 'boolean' },
  },
});

const { env } = process;
const databaseUrl = values['database-url'] ?? env.DATABASE_URL;
if (values.help || !databaseUrl) {
  console.log(usage);
  process.exit(values.help ? 0 : 1);
}

function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

/** The option's number under its name in the server's options, or nothing when it is not given. */
function number<K extends string>(
  key: K,
  name: keyof typeof values,
  variable?: string,
): { [k in K]?: number } {
  const text = values[name] ?? (variable && env[variable]);
  if (!text) return {};
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) refuse(`--${name} must be a number, not "${text}".`);
  return { [key]: value } as { [k in K]?: number };
}

/** Switched on as Electric reads its variables: anything but false and 0. */
const isOn = (text: string | undefined) => !!text && !['false', '0'].includes(text.toLowerCase());

const host = values.host ?? (isOn(env.ELECTRIC_LISTEN_ON_IPV6) ? '::' : '127.0.0.1');
const secret = values.secret ?? (env.ELECTRIC_SECRET || undefined);
const insecure = values.insecure ?? isOn(env.ELECTRIC_INSECURE);
if (insecure && secret !== undefined)
  refuse('Give a secret or --insecure (ELECTRIC_INSECURE=true), not both.');
if (!insecure && secret === undefined && !/^(127\.|::1$|localhost$)/.test(host)) {
  refuse(
    `Whoever reaches ${host} could read the database: give --secret (ELECTRIC_SECRET), or --insecure (ELECTRIC_INSECURE=true) when something else guards it.`,
  );
}

const streamId = env.ELECTRIC_REPLICATION_STREAM_ID;
const publication = values.publication ?? (streamId ? `electric_publication_${streamId}` : undefined);
const { capMb } = number('capMb', 'cap-mb');
const { port = 3000 } = number('port', 'port', env.ELECTRIC_PORT ? 'ELECTRIC_PORT' : 'PORT');

const levels = ['info', 'warn', 'error'];
const wanted = values['log-level'] ?? env.ELECTRIC_LOG_LEVEL ?? 'info';
const least = Math.max(levels.indexOf(wanted.replace(/^warning$/, 'warn')), 0);

const server = await createShapeServer({
  databaseUrl,
  allowDelete: values['allow-delete'] ?? isOn(env.ELECTRIC_ENABLE_INTEGRATION_TESTING),
  logger: (level, sentence, error) => {
    if (levels.indexOf(level) >= least) console.error(`${level}: ${sentence}${error ? ` ${error}` : ''}`);
  },
  ...(secret === undefined ? {} : { secret }),
  ...(publication === undefined ? {} : { publication }),
  ...(capMb === undefined ? {} : { logCapBytes: capMb * 1024 * 1024 }),
  ...number('chunkBytes', 'chunk-bytes', 'ELECTRIC_SHAPE_CHUNK_BYTES_THRESHOLD'),
  ...number('longPollMs', 'long-poll-ms', 'ELECTRIC_LONG_POLL_TIMEOUT'),
  ...number('maxAge', 'max-age', 'ELECTRIC_CACHE_MAX_AGE'),
  ...number('staleAge', 'stale-age', 'ELECTRIC_CACHE_STALE_AGE'),
  ...number('poolSize', 'pool', 'ELECTRIC_DB_POOL_SIZE'),
});
const listening = serve(
  { fetch: (request) => server.handle(request), port, hostname: host },
  ({ address, port: taken }) => {
    const name = address.includes(':') ? `[${address}]` : address;
    console.log(`Shapes are served on http://${name}:${taken}/v1/shape`);
  },
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    listening.close();
    await server.close();
    process.exit(0);
  });
}
