// The thread in which large requests to write are answered (api/sync/write-door.ts).
import { schema } from '../../db/tables';
import { answerLargeWrites } from '../sync/write-thread';
import { writeFeatures } from './features';

answerLargeWrites({ schema, features: writeFeatures() });
