// A TCP relay in front of Postgres whose connections can be cut, for tests of faults.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  /** Bytes that went from Postgres to its clients. */
  readonly received: number;
  /** Breaks every connection that is open now. */
  cut(): void;
  close(): Promise<void>;
}

/** Relays a port of its own on 127.0.0.1 to another one. */
export async function openRelay(to: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let received = 0;
  const server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.on('data', (bytes) => {
      received += bytes.length;
    });
    client.pipe(upstream);
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get received() {
      return received;
    },
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
