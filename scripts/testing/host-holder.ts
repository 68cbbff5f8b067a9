// A program for tests: the whole server without a client, in a process of its own; it says where and stays.
import { startHost } from '../../api/host/host';
import { demonstration } from '../demo';

const host = await startHost({
  demonstration,
  client: async (_, next) => await next(),
  log: () => {},
  onFatal: (error) => {
    console.error(error.message);
    process.exit(1);
  },
});
process.on('SIGTERM', () => void host.stop().then(() => process.exit(0)));
console.log(JSON.stringify({ url: host.url, postgresPid: host.postgres?.pid() }));
