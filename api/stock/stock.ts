// POST /api/stock/movements: takes, adds and moves stock, at once or not at all (C4). It never waits in an outbox: two
// people who take the last one are told here and now who has it.
import { Hono } from 'hono';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { uuid } from '../../db/sync/uuid';
import { roleOf } from '../account';
import { readBody } from '../sync/body';
import type { ApiDeps } from '../sync/deps';
import { ApiFailure } from '../sync/errors';
import type { Person } from '../sync/sessions';
import { inTransaction } from '../sync/transaction';

/** What stock_level and stock_movement can hold. */
const most = 1_000_000_000;
/** Movements that lose a deadlock or a serialization race are tried again this often. */
const attempts = 5;

const movement = z
  .strictObject({
    workspaceId: uuid,
    /** Chosen by whoever asks: a repeated request is carried out once. */
    id: uuid,
    itemId: uuid,
    fromId: uuid.nullish(),
    toId: uuid.nullish(),
    quantity: z.int().min(1).max(most),
    reason: z
      .string()
      .max(500)
      .refine((text) => !/\p{Cs}/u.test(text) && !text.includes('\0'), 'is no text that can be stored')
      .optional(),
    /** Carried out only if this much lies there: in fromId, or in toId for what is added. */
    expected: z.int().min(0).max(most).nullish(),
  })
  .refine((m) => m.fromId || m.toId, 'A movement comes from a place, goes to one, or both')
  .refine((m) => m.fromId !== m.toId, 'A movement is between two places');
type Movement = z.infer<typeof movement>;

/** 200 of POST /api/stock/movements: what lies there now; null for a place that the movement does not name. */
export interface MovementDone {
  readonly movementId: string;
  readonly from: number | null;
  readonly to: number | null;
  /** It had been carried out before. */
  readonly repeated: boolean;
}

interface Standing {
  quantity: number;
  item: string;
  unit: string;
  place: string;
  last: { user_id: string; name: string; quantity: number; at: string } | null;
}

type Outcome =
  | { outcome: 'done'; source: number | null; target: number | null; repeated: boolean }
  | { outcome: 'missing'; what: 'item' | 'place' }
  | { outcome: 'other' }
  | ({ outcome: 'short' | 'changed' | 'full' } & Standing);

export function stockRoutes(deps: ApiDeps): Hono {
  const app = new Hono();
  app.post('/movements', async (c) => {
    const person = await deps.person(c.req.raw);
    const asked = await readBody(c, movement);
    const done = await patiently(() => inTransaction(deps.pool, (client) => carryOut(client, person, asked)));
    return c.json(done, 200, { 'cache-control': 'no-store' });
  });
  return app;
}

/** @throws ApiFailure 'forbidden', 'not-found' or 'conflict'; its transaction is to be rolled back then. */
async function carryOut(client: PoolClient, person: Person, asked: Movement): Promise<MovementDone> {
  const role = await roleOf(client, person.id, asked.workspaceId);
  if (role === null) throw new ApiFailure('forbidden', 'You are not a member of this workspace.');
  if (role === 'guest') {
    throw new ApiFailure('forbidden', 'You are a guest here: you can see the stock, but not change it.');
  }
  const { rows } = await client.query<{ outcome: Outcome }>(
    'select sync.move_stock($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as outcome',
    [
      person.id,
      person.name.slice(0, 200),
      asked.id,
      asked.workspaceId,
      asked.itemId,
      asked.fromId ?? null,
      asked.toId ?? null,
      asked.quantity,
      asked.reason?.trim() ?? '',
      asked.expected ?? null,
    ],
  );
  const { outcome } = rows[0]!;
  if (outcome.outcome !== 'done') throw failure(outcome, person);
  return { movementId: asked.id, from: outcome.source, to: outcome.target, repeated: outcome.repeated };
}

async function patiently(run: () => Promise<MovementDone>): Promise<MovementDone> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      // The same id at the same time for another item: whoever comes second has taken an id that is in use.
      if (code === '23505') throw other();
      if (attempt >= attempts || (code !== '40P01' && code !== '40001')) throw error;
    }
  }
}

function failure(outcome: Exclude<Outcome, { outcome: 'done' }>, person: Person): ApiFailure {
  switch (outcome.outcome) {
    case 'missing':
      return new ApiFailure(
        'not-found',
        `This ${outcome.what} is not in the workspace, or the server has not heard of it yet.`,
      );
    case 'other':
      return other();
    case 'short':
    case 'changed':
    case 'full': {
      const { quantity, last } = outcome;
      return new ApiFailure('conflict', sentence(outcome, person), {
        reason: outcome.outcome,
        quantity,
        last: last && {
          name: last.name,
          own: last.user_id === person.id,
          quantity: last.quantity,
          at: last.at,
        },
      });
    }
  }
}

function other(): ApiFailure {
  return new ApiFailure('conflict', 'This request was carried out before, as it was then.', {
    reason: 'other',
  });
}

function sentence(found: { outcome: 'short' | 'changed' | 'full' } & Standing, person: Person): string {
  const { quantity, item, unit, place, last } = found;
  const some = (n: number) => (unit === '' ? String(n) : `${n} ${unit}`);
  if (found.outcome === 'full')
    return `${place} cannot hold that much of ${item}: the largest quantity is 1,000,000,000.`;
  const left =
    quantity === 0
      ? `Nothing is left of ${item} in ${place}`
      : `${some(quantity)} of ${item} ${quantity === 1 ? 'is' : 'are'} in ${place} now`;
  const who = last && (last.user_id === person.id ? 'you' : last.name);
  return who ? `${left}: ${who} took ${some(last.quantity)} last.` : `${left}.`;
}
