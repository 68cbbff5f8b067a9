// Carries the bytes of files between this device and the server, in the background of the engine: sends what the server
// lacks, fetches ahead what a person may want to see without a network, and drops copies of workspaces that are lost.
import type { PGliteInterface } from '@electric-sql/pglite';
import { z } from 'zod';
import { filePath } from '../../db/file/file';
import { type Link, LinkError, readJson, unlessEnded } from '../sync/link';
import { type SyncProblem, syncProblem } from '../sync/sync-problem';
import { AHEAD_BYTES, type DeviceFiles } from './device-files';
import { hashOf } from './files';

export interface FileSyncOptions {
  readonly pg: PGliteInterface;
  readonly link: Link;
  readonly files: DeviceFiles;
  /** Nothing more urgent is under way: files may be fetched ahead. */
  idle(): boolean;
  /** The number of unsent files may have changed. */
  counted(): void;
  problem(problem: SyncProblem | null): void;
}

/** Hashes that are asked for at once. */
const ASKED = 500;
/** 10 MB over one bar of signal take their time, ms. */
const LONGEST_SENDING = 10 * 60_000;
/** What could not be sent or fetched is tried again after this, ms, unless something wakes it before. */
const REST = 30_000;

/** Why a file stays here whose workspace has no room for it on the server. */
const fullSentence =
  'The storage of this workspace is full: files that you add are kept on this device and not sent. They are sent when there is room again.';

/** 200 of POST /api/files/missing. */
const missingAnswer = z.object({ missing: z.array(z.string()), room: z.number().optional() });

interface Named {
  readonly workspace_id: string;
  readonly hash: string;
}

export class FileSync {
  /** Files that the server may lack. */
  unsent = 0;
  #running: Promise<void> | null = null;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = new AbortController();

  constructor(private readonly options: FileSyncOptions) {}

  /** There may be something to send or to fetch: at the start, after each change of a file's row, with the network. */
  wake(): void {
    if (this.#closed.signal.aborted) return;
    clearTimeout(this.#timer);
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = this.#work()
      .catch((error: unknown) => {
        if (this.#closed.signal.aborted) return true;
        console.warn('Outpost: files:', error);
        return true;
      })
      .then((isRest) => {
        this.#running = null;
        if (this.#closed.signal.aborted) return;
        if (this.#again) {
          this.#again = false;
          this.wake();
        } else if (isRest) this.#timer = setTimeout(() => this.wake(), REST * (0.75 + Math.random() / 2));
      });
  }

  /** Counts what is unsent. */
  async recount(): Promise<void> {
    const { length } = await this.options.files.unsent();
    if (length === this.unsent) return;
    this.unsent = length;
    this.options.counted();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** @returns whether something is left that may succeed later */
  async #work(): Promise<boolean> {
    await this.recount();
    await this.#sweep();
    const unsent = await this.#send();
    const lacking = await this.#fetchAhead();
    return unsent || lacking;
  }

  /** R4: copies leave the device with their workspace. What was not sent stays. */
  async #sweep(): Promise<void> {
    const { pg, files } = this.options;
    const { rows } = await pg.query<{ id: string }>('select id from workspace');
    const known = new Set(rows.map(({ id }) => id));
    for (const path of await files.copies()) {
      const workspaceId = namedBy(path)?.workspace_id;
      if (workspaceId === undefined || !known.has(workspaceId)) await files.drop(path);
    }
  }

  async #send(): Promise<boolean> {
    const { pg, files } = this.options;
    const unsent = await files.unsent();
    const here = new Set([...unsent, ...(await files.copies())]);
    // The rows that say the server lacks them are believed, too: it may have been put back to an older state.
    const { rows } = await pg.query<Named>('select workspace_id, hash from file where stored_at is null');
    const paths = new Set([...unsent, ...rows.map(pathOf).filter((path) => here.has(path))]);
    const byWorkspace = new Map<string, string[]>();
    for (const path of paths) {
      const named = namedBy(path);
      if (!named) continue;
      byWorkspace.set(named.workspace_id, [...(byWorkspace.get(named.workspace_id) ?? []), named.hash]);
    }
    let isRest = false;
    let sentence: string | null = null;
    for (const [workspaceId, hashes] of byWorkspace) {
      for (let from = 0; from < hashes.length; from += ASKED) {
        const fault = await this.#sendSome(workspaceId, hashes.slice(from, from + ASKED));
        if (fault === null) continue;
        isRest ||= fault !== 'forbidden';
        if (fault !== 'forbidden') sentence = fault;
      }
    }
    this.options.problem(sentence === null ? null : problemOfFiles(sentence));
    return isRest;
  }

  /** @returns null when the server has them all, 'forbidden', or a sentence */
  async #sendSome(workspaceId: string, hashes: readonly string[]): Promise<string | null> {
    const { files } = this.options;
    const asked = await this.#askMissing(workspaceId, hashes);
    if (typeof asked === 'string') return asked;
    /** Bytes that the workspace may still add there; a server that does not say so refuses them itself. */
    let room = asked.room;
    let fault: string | null = null;
    const put = new Set<string>();
    for (const hash of hashes) {
      if (!asked.missing.has(hash)) {
        await this.#sent(workspaceId, hash);
        continue;
      }
      const path = filePath(workspaceId, hash);
      const body = await files.get(path);
      if (!body) continue;
      if (body.size > room) {
        fault = fullSentence;
        continue;
      }
      const why = await this.#put(path, body);
      if (why === 'forbidden') return 'forbidden';
      if (why !== null) {
        fault = why;
        continue;
      }
      room -= body.size;
      put.add(hash);
    }
    if (put.size === 0) return fault;
    // A file leaves the unsent ones only when the server itself says that it has it: anything can answer 204 in between.
    const still = await this.#askMissing(workspaceId, [...put]);
    if (typeof still === 'string') return still;
    for (const hash of put) {
      if (still.missing.has(hash)) fault = syncProblem('unreadable').sentence;
      else await this.#sent(workspaceId, hash);
    }
    return fault;
  }

  async #sent(workspaceId: string, hash: string): Promise<void> {
    await this.options.files.sent(filePath(workspaceId, hash));
    await this.recount();
  }

  /** @returns which of these the server lacks; 'forbidden' or a sentence when it does not say so */
  async #askMissing(
    workspaceId: string,
    hashes: readonly string[],
  ): Promise<{ readonly missing: ReadonlySet<string>; readonly room: number } | string> {
    const answer = await this.#answer('/api/files/missing', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ workspaceId, hashes }),
    });
    if (typeof answer === 'string') return answer;
    const read = missingAnswer.safeParse(answer);
    if (!read.success) return syncProblem('unreadable').sentence;
    const { missing, room = Number.POSITIVE_INFINITY } = read.data;
    return { missing: new Set(missing), room };
  }

  /** @returns null when it was taken, as far as can be known; 'forbidden', or a sentence */
  async #put(path: string, body: Blob): Promise<string | null> {
    const answer = await this.#answer(path, { method: 'PUT', body }, LONGEST_SENDING);
    return typeof answer === 'string' ? answer : null;
  }

  /** The JSON of a success, null when it has none; 'forbidden' or a sentence for anything else. */
  async #answer(path: string, init: RequestInit, silence?: number): Promise<object | null | string> {
    const { signal } = this.#closed;
    try {
      const options = silence === undefined ? {} : { silence };
      return await readJson<object | null>(
        await this.options.link.patiently(path, { ...init, signal }, options),
      );
    } catch (error) {
      if (!(error instanceof LinkError) || signal.aborted) throw error;
      if (error.kind === 'forbidden') return 'forbidden';
      if (error.kind === 'unreadable') return syncProblem('unreadable').sentence;
      if (error.detail.reason === 'quota') return fullSentence;
      return `Files could not be sent; they are kept on this device. (${error.message})`;
    }
  }

  /** The newest files of all workspaces, as many as there is room for. @returns whether some could not be fetched */
  async #fetchAhead(): Promise<boolean> {
    const { pg, link, files } = this.options;
    const { signal } = this.#closed;
    if (!this.options.idle()) return false;
    const { rows } = await pg.query<Named & { size: number }>(
      'select workspace_id, hash, size from file where stored_at is not null order by created_at desc',
    );
    const here = new Set([...(await files.unsent()), ...(await files.copies())]);
    let room = await files.room();
    let wanted = 0;
    for (const row of rows) {
      const path = pathOf(row);
      wanted += row.size;
      if (wanted > AHEAD_BYTES) return false;
      if (here.has(path)) continue;
      room -= row.size;
      if (room < 0) return false;
      // A person's own work goes first: what came up meanwhile is done before, and this goes on then.
      if (this.#again || signal.aborted) return true;
      try {
        const response = await link.once(path, { signal });
        if (!response.ok) {
          await response.body?.cancel();
          continue;
        }
        const bytes = await unlessEnded(response, response.blob());
        // A page that answered in its place is no file.
        if ((await hashOf(bytes)) !== row.hash) return true;
        await files.copy(path, bytes);
      } catch (error) {
        if (error instanceof LinkError) return true;
        throw error;
      }
    }
    return false;
  }
}

function problemOfFiles(sentence: string): SyncProblem {
  if (sentence === fullSentence) return { kind: 'full', sentence };
  const unreadable = syncProblem('unreadable');
  return sentence === unreadable.sentence ? unreadable : { kind: 'refused', sentence };
}

const pathOf = (row: Named) => filePath(row.workspace_id, row.hash);

function namedBy(path: string): Named | null {
  const [, workspace_id, hash] = /^\/api\/files\/([0-9a-f-]{36})\/([0-9a-f]{64})$/.exec(path) ?? [];
  return workspace_id && hash ? { workspace_id, hash } : null;
}
