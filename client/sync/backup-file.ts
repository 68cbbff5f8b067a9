// A backup of a device's database as a file: what it is and whose, and the image of the database (disk/image.ts) with
// gzip. It holds everything that the device shows, in the clear.
import { checksum } from './disk/checksum';
import { StoreError } from './written';

/** Why a file cannot be restored: StoreError.rule of kind 'backup'. */
export type BackupFault =
  | 'no-backup' // it is something else
  | 'damaged' // it has not come whole, or was changed
  | 'other-person' // it is another person's, or another app's
  | 'newer'; // a newer version of the app made it

const sentences: Readonly<Record<BackupFault, string>> = {
  'no-backup': 'This file is not a backup of this app. Nothing was changed.',
  damaged: 'This backup is incomplete or damaged, so it cannot be restored. Nothing was changed.',
  'other-person':
    'This backup belongs to another account. Sign in to that account to restore it. Nothing was changed.',
  newer:
    'A newer version of the app made this backup. Reload the page to update, then try again. Nothing was changed.',
};

export const backupFault = (fault: BackupFault) => new StoreError('backup', sentences[fault], fault);

/** The first bytes of every such file, whatever its format. */
const MARK = new TextEncoder().encode('LOCALDB\n');
const FORMAT = 1;
/** Bytes before the head: the mark and the head's length, 32 bits, lowest byte first. */
const BEFORE = MARK.length + 4;
const MOST_HEAD = 10_000;

interface Head {
  readonly format: number;
  /** As Database.name. */
  readonly name: string;
  /** ms since 1970 */
  readonly madeAt: number;
  /** Bytes behind the head, and their CRC-32. */
  readonly size: number;
  readonly checksum: number;
}

/**
 * @param name of the database
 * @param madeAt ms since 1970
 */
export async function writeBackup(
  image: Uint8Array<ArrayBuffer>,
  name: string,
  madeAt: number,
): Promise<Blob> {
  const body = await through(new Blob([image]), new CompressionStream('gzip'));
  const head: Head = { format: FORMAT, name, madeAt, size: body.length, checksum: checksum(body) };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length, true);
  return new Blob([MARK, length, text, body], { type: 'application/octet-stream' });
}

/**
 * @param name of the database whose place it is to take
 * @returns the image
 * @throws StoreError 'backup'
 */
export async function readBackup(file: Blob, name: string): Promise<Blob> {
  const before = await bytesOf(file.slice(0, BEFORE));
  if (!MARK.every((byte, i) => before[i] === byte)) throw backupFault('no-backup');
  const length = before.length === BEFORE ? new DataView(before.buffer).getUint32(MARK.length, true) : 0;
  if (length === 0 || length > MOST_HEAD) throw backupFault('damaged');
  const head = headOf(await bytesOf(file.slice(BEFORE, BEFORE + length)));
  if (!head) throw backupFault('damaged');
  if (head.format > FORMAT) throw backupFault('newer');
  if (head.name !== name) throw backupFault('other-person');
  const body = await bytesOf(file.slice(BEFORE + length));
  if (body.length !== head.size || checksum(body) !== head.checksum) throw backupFault('damaged');
  try {
    return new Blob([await through(new Blob([body]), new DecompressionStream('gzip'))]);
  } catch {
    throw backupFault('damaged');
  }
}

function headOf(bytes: Uint8Array): Head | null {
  try {
    const head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Partial<Head> | null;
    const numbers = [head?.format, head?.madeAt, head?.size, head?.checksum];
    const isHead = typeof head?.name === 'string' && numbers.every((value) => typeof value === 'number');
    return isHead ? (head as Head) : null;
  } catch {
    return null;
  }
}

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

async function through(blob: Blob, change: CompressionStream | DecompressionStream) {
  const stream = blob
    .stream()
    .pipeThrough(change as ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
