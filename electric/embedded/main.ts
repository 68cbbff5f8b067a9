// The shape server on its own: `npx tsx electric/embedded/main.ts --database-url postgres://… --port 3000`.
import { parseArgs } from 'node:util';
import { serve } from '@hono/node-server';
import { createShapeServer } from './server';

const usage = `Serves Electric's shape protocol for a Postgres database (wal_level=logical).

  --database-url URL   or DATABASE_URL
  --port N             or PORT; default 3000
  --secret TEXT        or ELECTRIC_SECRET; clients send it as ?secret=
  --allow-delete       clients may delete shapes
  --cap-mb N           memory for snapshots and logs; default 256
  --host ADDRESS       default 127.0.0.1`;

const { values } = parseArgs({
  options: {
    'database-url': { type: 'string' },
    port: { type: 'string' },
    secret: { type: 'string' },
    'allow-delete': { type: 'boolean', default: false },
    'cap-mb': { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    help: { type: 'boolean', default: false },
  },
});

const databaseUrl = values['database-url'] ?? process.env.DATABASE_URL;
if (values.help || databaseUrl === undefined) {
  console.log(usage);
  process.exit(values.help ? 0 : 1);
}

const secret = values.secret ?? process.env.ELECTRIC_SECRET;
const server = await createShapeServer({
  databaseUrl,
  allowDelete: values['allow-delete'],
  logger: (level, sentence, error) =>
    console.error(`${level}: ${sentence}`, ...(error ? [String(error)] : [])),
  ...(secret ? { secret } : {}),
  ...(values['cap-mb'] ? { logCapBytes: Number(values['cap-mb']) * 1024 * 1024 } : {}),
});
const listening = serve(
  {
    fetch: (request) => server.handle(request),
    port: Number(values.port ?? process.env.PORT ?? 3000),
    hostname: values.host,
  },
  ({ address, port }) => console.log(`Shapes are served on http://${address}:${port}/v1/shape`),
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void server.close().then(() => {
      listening.close();
      process.exit(0);
    });
  });
}
