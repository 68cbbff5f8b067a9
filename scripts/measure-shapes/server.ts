// The shape server as a process of its own for measuring: behind HTTP, and asked for its memory after a collection.
// Run with --expose-gc by measure-shapes.ts; prints its port.
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createShapeServer } from '../../electric/embedded/server';

export interface MemoryReport {
  /** Bytes. */
  readonly rss: number;
  readonly heapUsed: number;
  /** Buffers, where snapshots and logs lie. */
  readonly external: number;
  readonly readers: number;
  readonly shapes: number;
}

const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl) throw new Error('DATABASE_URL says which database to serve');
const shapes = await createShapeServer({ databaseUrl, longPollMs: 600_000, catalogEveryMs: 200 });

async function memory(): Promise<Response> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  const status = shapes.status();
  return Response.json({ rss, heapUsed, external, readers: status.readers, shapes: status.shapes });
}

const http = serve(
  {
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => {
      if (request.url.endsWith('/memory')) return memory();
      if (request.url.endsWith('/readers')) return Response.json({ readers: shapes.status().readers });
      return shapes.handle(request);
    },
  },
  (address: AddressInfo) => console.log(`port ${address.port}`),
);
process.once('SIGTERM', () => {
  http.close();
  void shapes.close().then(() => process.exit(0));
});
