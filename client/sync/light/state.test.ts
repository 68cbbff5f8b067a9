// Light mode's outbox as a value, and what is laid over views by it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Verdict, WriteResponse } from '../../../db/sync/wire';
import { lay } from './lay';
import {
  answered,
  type LightState,
  met,
  type NewOperation,
  newState,
  refusedHere,
  startedOver,
  withoutRefused,
  written,
} from './state';

const serverId = crypto.randomUUID();
const epoch = crypto.randomUUID();
const workspaceId = crypto.randomUUID();
const exchange = { sentAt: 1_000, heardAt: 1_100 };
const applied = (version: number): Verdict => ({ status: 'applied', version: String(version) });
const refused: Verdict = { status: 'refused', kind: 'forbidden', rule: null, sentence: 'No.' };
const answerOf = (...answers: readonly [number, ...Verdict[]][]): WriteResponse => ({
  ...{ serverId, now: 1_050, lsn: '1', mark: { epoch, version: '9' } },
  answers: answers.map(([n, ...verdicts]) => ({ n, verdicts })),
});
const change = (id: string, title: string): NewOperation => ({
  ...{ kind: 'update', table: 'task', id, set: { title } },
});
const write = (state: LightState, ...operations: NewOperation[]) =>
  written(state, workspaceId, operations, 2_000);
const titles = (state: LightState) =>
  state.waiting.map(({ operations }) => operations.map(({ set }) => set.title));

describe('W2: counters', () => {
  test('rise by one, whatever is answered, refused or started over in between, and clocks rise with them', () => {
    const step = fc.constantFrom('write', 'answer', 'refuse', 'over', 'wrong client');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let state = newState();
        const sent: string[] = [];
        for (const what of steps) {
          const [first] = state.waiting;
          const before = state;
          if (what === 'write') state = write(state, change('a', `${sent.push('x')}`));
          if (what === 'answer' && first)
            state = answered(state, state.clientId, answerOf([first.n, applied(1)]), exchange);
          if (what === 'refuse' && first)
            state = refusedHere(state, state.clientId, first.n, 'invalid', 2_000);
          if (what === 'over') state = startedOver(state, state.clientId);
          if (what === 'wrong client' && first) {
            state = answered(state, 'another', answerOf([first.n, applied(1)]), exchange);
            state = refusedHere(state, 'another', first.n, 'invalid', 2_000);
            expect(startedOver(state, 'another')).toBe(before);
          }
          const ns = state.waiting.map(({ n }) => n);
          expect(ns).toEqual(ns.map((_, i) => state.nextN - ns.length + i));
          expect((ns[0] ?? state.nextN) - 1).toBeGreaterThanOrEqual(state.acknowledged);
          const clocks = state.waiting.flatMap(({ operations }) => operations.map(({ clock }) => clock));
          expect(clocks).toEqual([...new Set(clocks)].sort());
        }
        // Each is in exactly one place (W1, W3).
        const { waiting, answered: done } = state;
        expect(waiting.length + done.length).toBe(sent.length);
      }),
      { numRuns: 500, seed: 20261 },
    );
  });
});

describe('W1, W3: what is answered', () => {
  test('a refused operation is kept until it is discarded; the others of its transaction stand', () => {
    let state = write(newState(), change('a', 'one'), change('b', 'two'));
    state = answered(state, state.clientId, answerOf([1, applied(5), refused]), exchange);
    expect(state.waiting).toEqual([]);
    expect(state.refused.map(({ operation, sentence }) => [operation.id, sentence])).toEqual([['b', 'No.']]);
    expect(withoutRefused(state, [state.refused[0]!.id]).refused).toEqual([]);
  });

  test('M2: a clock that had run ahead is set right by the answer', () => {
    let state = written(newState(), workspaceId, [change('a', 'one')], 10_000_000);
    state = answered(state, state.clientId, answerOf([1, applied(5)]), exchange);
    expect(state.clock.ms).toBeLessThanOrEqual(1_100 + 60_000);
  });
});

describe('W1: another server than before', () => {
  const session = (id: string, lostFrom: string | null) => ({
    ...{ serverId: id, mark: { epoch, version: '9' }, lostFrom, now: 1_050 },
  });

  test('what a restored one lacks waits again, in order; what it has does not', () => {
    let state = write(write(newState(), change('a', 'old')), change('a', 'lost'), change('b', 'no'));
    state = answered(state, state.clientId, answerOf([1, applied(3)], [2, applied(7), refused]), exchange);
    state = write(state, change('a', 'new'));
    const again = met(state, session(serverId, '7'), exchange);
    expect(titles(again)).toEqual([['lost'], ['new']]);
    expect(again.clientId).not.toBe(state.clientId);
    expect(again.waiting.map(({ n }) => n)).toEqual([1, 2]);
    expect(again.refused).toHaveLength(1);
    expect(met(state, session(serverId, null), exchange).clientId).toBe(state.clientId);
  });

  test('another database is sent everything that is known', () => {
    let state = write(newState(), change('a', 'old'));
    state = write(answered(state, state.clientId, answerOf([1, applied(3)]), exchange), change('a', 'new'));
    expect(titles(met(state, session(crypto.randomUUID(), null), exchange))).toEqual([['old'], ['new']]);
  });
});

describe('R2: what is laid over a view', () => {
  const rows = [
    { id: 'a', title: 'A' },
    { id: 'b', title: 'B' },
  ];
  const shown = (state: LightState, turn: number, storing: NewOperation[] = []) => {
    const laid = lay('task', rows, turn, { state, storing });
    return laid.rows.map(({ id, title }) => [id, title, laid.places.get(String(id)) ?? 'server']);
  };

  test('stays until a view that was asked for after the answer has come; each row says where it is', () => {
    const insert: NewOperation = { kind: 'insert', table: 'task', id: 'c', set: { title: 'C' } };
    const asked = newState();
    let state = write(asked, change('a', 'A2'), insert);
    const waiting = [
      ['a', 'A2', 'here'],
      ['b', 'B', 'server'],
      ['c', 'C', 'here'],
    ];
    expect(shown(state, asked.turn)).toEqual(waiting);
    state = answered(state, state.clientId, answerOf([1, applied(1), applied(2)]), exchange);
    expect(shown(state, asked.turn)).toEqual(waiting.map(([id, title]) => [id, title, 'server']));
    // This view holds what was answered: nothing is laid over it.
    expect(shown(state, state.turn)).toEqual([
      ['a', 'A', 'server'],
      ['b', 'B', 'server'],
    ]);
    expect(shown(state, state.turn, [change('b', 'B2')])[1]).toEqual(['b', 'B2', 'storing']);
  });

  test('what was refused is not shown as if it stood; other tables are left alone', () => {
    let state = write(newState(), change('a', 'A2'), { ...change('b', 'B2'), table: 'page' });
    state = answered(state, state.clientId, answerOf([1, refused, applied(2)]), exchange);
    expect(shown(state, 1)).toEqual([
      ['a', 'A', 'server'],
      ['b', 'B', 'server'],
    ]);
  });

  test('a row that is deleted is gone, and changes of rows that a view does not show add nothing', () => {
    const gone: NewOperation = { kind: 'delete', table: 'task', id: 'a', set: {} };
    expect(shown(write(newState(), gone, change('z', 'Z')), 1)).toEqual([['b', 'B', 'server']]);
  });
});
