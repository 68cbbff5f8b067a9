// A program for tests: starts a Postgres in the folder it is given, says where, and stays until it is killed.
import { startPostgres } from '../../api/host/postgres';

const { url, pid, watchdogPid } = await startPostgres({ folder: process.argv[2] ?? '' });
console.log(JSON.stringify({ url, pid, watchdogPid }));
setInterval(() => {}, 60_000);
