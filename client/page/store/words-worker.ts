// Entry of the worker that puts larger bodies together for search; see document-words.ts. The leader's worker starts it.
import { answering } from '../../../db/page/bounded';
import { words } from './document-words';

const take = answering(words, (answer) => self.postMessage(answer));
self.onmessage = ({ data }: MessageEvent<Uint8Array[]>) => take(data);
