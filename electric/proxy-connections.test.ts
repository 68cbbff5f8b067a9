// A real Electric ends its connections after a number of requests; nobody who reads a shape notices.
import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { electricUpstream } from './proxy';

let server: Server;
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

/**
 * A shape server of which every `n`th request on a connection finds it closed, as one that is sent while the close is
 * on its way does.
 */
async function closingAfter(n: number): Promise<{ url: string; served: () => number; broken: () => number }> {
  let served = 0;
  let broken = 0;
  const counts = new WeakMap<object, number>();
  server = createServer((request, response) => {
    const count = (counts.get(request.socket) ?? 0) + 1;
    counts.set(request.socket, count);
    if (count >= n) {
      broken++;
      request.socket.resetAndDestroy();
      return;
    }
    served++;
    response.setHeader('content-type', 'application/json');
    response.end('[]');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, served: () => served, broken: () => broken };
}

const never = new AbortController().signal;
const params = new URLSearchParams('table=task&offset=-1');

test('A5: a connection that breaks before an answer costs nobody a request', async () => {
  const electric = await closingAfter(50);
  const upstream = electricUpstream(electric.url, 'secret');
  let answered = 0;
  for (let n = 0; n < 1_000; n++) {
    const answer = await upstream(params, never);
    if (answer.ok && (await answer.text()) === '[]') answered++;
  }
  expect(answered).toBe(1_000);
  expect(electric.served()).toBe(1_000);
  expect(electric.broken()).toBeGreaterThan(10);
});

test('A5: a server that always breaks is asked twice and no more; one that is not there, or an end, once', async () => {
  const electric = await closingAfter(1);
  await expect(electricUpstream(electric.url, null)(params, never)).rejects.toThrow();
  expect(electric.broken()).toBe(2);
  const ended = AbortSignal.abort();
  await expect(electricUpstream(electric.url, null)(params, ended)).rejects.toThrow();
  expect(electric.broken()).toBe(2);
});
