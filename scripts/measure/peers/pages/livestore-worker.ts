// The worker that keeps LiveStore's log and tables in OPFS.
import { makeWorker } from '@livestore/adapter-web/worker';
import { schema } from './livestore-schema';

makeWorker({ schema });
