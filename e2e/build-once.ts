// Before all tests: one start of the server, so that the client is built once and not by each worker.
import { Server } from './server';

export default async function buildOnce(): Promise<void> {
  const server = await Server.create();
  await server.remove();
}
