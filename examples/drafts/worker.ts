// The worker that holds the device's database. server.ts puts MIGRATIONS in when it bundles this.
import { runWorker, type WorkerApp } from '../../client/sync/run-worker';
import { schema } from './schema';

declare const MIGRATIONS: WorkerApp['migrations'];
const prepared = () => fetch('/prepared.tar').then((answer) => answer.blob());
runWorker({ name: 'drafts', schema, migrations: MIGRATIONS, features: () => [], prepared });
