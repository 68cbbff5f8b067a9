// sync-chip.ts over all combinations of what a status can say: the chip is total and never claims too much.
import { expect, test } from 'vitest';
import type { Status } from '../../sync/store';
import { syncProblem } from '../../sync/sync-problem';
import { syncChip } from './sync-chip';

function* statuses(): Generator<Status> {
  for (const database of ['opening', 'ready', 'failed'] as const)
    for (const storage of ['opfs', 'indexeddb', 'memory', null] as const)
      for (const network of ['online', 'offline'] as const)
        for (const session of ['signed-in', 'expired'] as const)
          for (const unsent of [0, 1, 3])
            for (const sending of [false, true])
              for (const writing of [0, 2])
                for (const attention of [0, 1, 2])
                  for (const loading of [null, { rows: 10, total: 1200 }, { rows: 5, total: 0 }])
                    for (const upToDate of [false, true])
                      for (const problem of [null, syncProblem('busy'), syncProblem('device-full')])
                        yield {
                          database,
                          databaseError: database === 'failed' ? 'The disk is full.' : null,
                          storage,
                          network,
                          session,
                          unsent,
                          onlyHere: unsent,
                          beside: 0,
                          sending,
                          writing,
                          attention,
                          loading,
                          upToDate,
                          heardAt: null,
                          problem,
                          faults: {},
                        };
}

test('every status has a chip, with words and a sentence', () => {
  let count = 0;
  for (const status of statuses()) {
    const chip = syncChip(status);
    expect(chip.label.length).toBeGreaterThan(0);
    expect(chip.detail).toMatch(/\.$/);
    expect(chip.label).not.toMatch(/undefined|null|NaN/);
    count++;
  }
  expect(count).toBe(3 * 4 * 2 * 2 * 3 * 2 * 2 * 3 * 3 * 2 * 3);
});

test('"up to date" is said exactly when nothing is wrong, waiting, loading or unknown', () => {
  for (const s of statuses()) {
    const current =
      s.database === 'ready' &&
      s.session === 'signed-in' &&
      s.network === 'online' &&
      s.unsent === 0 &&
      s.writing === 0 &&
      s.attention === 0 &&
      s.loading === null &&
      s.upToDate &&
      s.problem === null;
    expect(syncChip(s).kind === 'current', JSON.stringify(s)).toBe(current);
  }
});

test('A3: an expired session says so whenever the database works, and how much waits', () => {
  for (const s of statuses()) {
    if (s.database !== 'ready' || s.session !== 'expired' || s.problem?.kind === 'device-full') continue;
    const chip = syncChip(s);
    expect(chip.kind).toBe('sign-in');
    expect(chip.label).toBe(s.unsent > 0 ? `Sign in to send ${s.unsent}` : 'Needs sign-in');
    expect(chip.detail).toContain('You can go on working here.');
  }
});

test('R6: that syncing fails is never hidden behind what needs the person', () => {
  for (const s of statuses()) {
    if (s.database !== 'ready' || s.session === 'expired' || s.network === 'offline' || !s.problem) continue;
    const chip = syncChip(s);
    expect(chip.kind, JSON.stringify(s)).toBe('trouble');
    expect(chip.detail).toContain(s.problem.sentence);
  }
});

test('W1: a full device is said before everything but a database that does not work', () => {
  for (const s of statuses()) {
    if (s.database !== 'ready' || s.problem?.kind !== 'device-full') continue;
    expect(syncChip(s).label, JSON.stringify(s)).toBe('Storage full');
    expect(syncChip(s).detail).toContain(s.problem.sentence);
  }
});

test('W3: unsent work is never hidden: its count is in the words or in the sentence', () => {
  for (const s of statuses()) {
    const chip = syncChip(s);
    if (s.database !== 'ready' || s.unsent === 0 || chip.kind === 'loading') continue;
    expect(chip.label + chip.detail, JSON.stringify(s)).toContain(String(s.unsent));
  }
});

test('each kind has a fixed meaning', () => {
  const base: Status = {
    database: 'ready',
    databaseError: null,
    storage: 'opfs',
    network: 'online',
    session: 'signed-in',
    unsent: 0,
    sending: false,
    writing: 0,
    onlyHere: 0,
    beside: 0,
    attention: 0,
    loading: null,
    upToDate: true,
    heardAt: 1,
    problem: null,
    faults: {},
  };
  const label = (s: Partial<Status>) => syncChip({ ...base, ...s }).label;
  expect(label({})).toBe('Up to date');
  expect(label({ network: 'offline' })).toBe('Offline');
  expect(label({ network: 'offline', unsent: 2 })).toBe('Offline · 2 waiting');
  expect(label({ unsent: 3, sending: true })).toBe('Sending 3');
  expect(label({ unsent: 3 })).toBe('3 waiting');
  expect(label({ writing: 1 })).toBe('Storing');
  expect(label({ attention: 1 })).toBe('1 thing needs you');
  expect(label({ attention: 2, network: 'offline' })).toBe('Offline');
  expect(label({ loading: { rows: 10, total: 1200 } })).toBe('Loading 10 of 1,200 rows');
  expect(label({ loading: { rows: 5, total: 0 } })).toBe('Loading 5 of 5 rows');
  expect(label({ upToDate: false })).toBe('Connecting');
  expect(label({ database: 'opening' })).toBe('Opening');
  expect(label({ database: 'failed', databaseError: 'Full.' })).toBe('Storage failed');
});
