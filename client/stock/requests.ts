// What was asked for while offline: kept on this device, sent when there is a connection, and never a change of its own
// (C4). Sent by itself only while the quantity is what the person saw; otherwise the person is asked first.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../db/schema';
import { ApiError } from '../sync/react/request';
import type { Compilable, Store } from '../sync/store';
import type { Moved, Movement } from './api';
import { sendable, type Waiting } from './queries';

type Db = Kysely<DB>;

/** Sends one movement. @throws ApiError */
export type Post = (movement: Movement) => Promise<Moved>;

/** What came of a request; `later`: there was no answer, and it is to be sent again. */
export type Outcome =
  | { readonly kind: 'done' | 'later'; readonly request: Waiting }
  | { readonly kind: 'ask' | 'failed'; readonly request: Waiting; readonly sentence: string };

/** @param seen the quantity on the screen, of fromId, or of toId for what is added */
export function ask(db: Db, movement: Movement, seen: number): Compilable[] {
  return [
    db.insertInto('sync.stock_request').values({
      id: movement.id,
      workspace_id: movement.workspaceId,
      item_id: movement.itemId,
      from_id: movement.fromId,
      to_id: movement.toId,
      quantity: movement.quantity,
      reason: movement.reason,
      seen,
    }),
  ];
}

/** The person has seen what lies there now, and wants it all the same (so many of it). */
export function insist(db: Db, id: string, quantity: number): Compilable[] {
  return [
    db
      .updateTable('sync.stock_request')
      .set({
        state: 'waiting',
        quantity,
        seen: sql<number>`coalesce(found, seen)`,
        sentence: '',
        found: null,
      })
      .where('id', '=', id),
  ];
}

export function forget(db: Db, id: string): Compilable[] {
  return [db.deleteFrom('sync.stock_request').where('id', '=', id)];
}

/**
 * Sends what waits, one after the other, until nothing is left or there is no answer.
 * @param mayGoOn asked before each one: false stops (the person signed out, the network went)
 * @throws StoreError
 */
export async function sendWaiting(store: Store, post: Post, mayGoOn: () => boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const { db } = store;
  while (mayGoOn()) {
    const [request] = (await store.read(sendable(db).limit(1))) as Waiting[];
    if (!request) break;
    // Written before it is sent: if no answer comes, it may have been carried out.
    if (!request.tried) {
      await store.write(
        db.updateTable('sync.stock_request').set({ tried: true }).where('id', '=', request.id),
      );
    }
    const outcome = await sendOne(post, request);
    outcomes.push(outcome);
    if (outcome.kind === 'later') break;
    await store.write(...consequences(db, outcome));
  }
  return outcomes;
}

async function sendOne(post: Post, request: Waiting): Promise<Outcome> {
  try {
    await post({
      workspaceId: request.workspace_id,
      id: request.id,
      itemId: request.item_id,
      fromId: request.from_id,
      toId: request.to_id,
      quantity: request.quantity,
      reason: request.reason,
      expected: request.seen,
    });
    return { kind: 'done', request };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { kind, message: sentence, detail } = error;
    if (['unreachable', 'busy', 'signed-out', 'protocol'].includes(kind)) return { kind: 'later', request };
    // The server has carried it out before, as it was asked for then: it is done.
    if (detail.reason === 'other') return { kind: 'done', request };
    if (detail.reason === 'changed' || detail.reason === 'short') {
      const found = Number(detail.quantity);
      return { kind: 'ask', request: { ...request, found }, sentence };
    }
    return { kind: 'failed', request, sentence };
  }
}

function consequences(db: Db, outcome: Outcome): Compilable[] {
  const { request } = outcome;
  if (!('sentence' in outcome)) {
    return outcome.kind === 'done' ? [...forget(db, request.id), ...expectOwn(db, request)] : [];
  }
  return [
    db
      .updateTable('sync.stock_request')
      .set({ state: outcome.kind, found: request.found, sentence: outcome.sentence, tried: false })
      .where('id', '=', request.id),
  ];
}

/** What the person asked for next was asked in the knowledge of this: its change is no surprise to them. */
function expectOwn(db: Db, done: Waiting): Compilable[] {
  const sides = [
    { place: done.from_id, change: -done.quantity },
    { place: done.to_id, change: done.quantity },
  ];
  return sides.flatMap(({ place, change }) =>
    place === null
      ? []
      : [
          db
            .updateTable('sync.stock_request')
            .set({ seen: sql<number>`greatest(seen + ${change}::integer, 0)` })
            .where('state', '=', 'waiting')
            .where('item_id', '=', done.item_id)
            .where(sql<boolean>`coalesce(from_id, to_id) = ${place}`)
            .where('at', '>=', done.at),
        ],
  );
}
