// When light mode is opened instead of the full app, and the ways back.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { beginsStart, chooseMode, chosenMode, lightReason, startFailed, startSucceeded } from './mode';

const kept = new Map<string, string>();
const listeners = new Map<string, () => void>();
let visibility = 'visible';

/** A browser that can run the database, with this much memory. */
function browser(options: { memory?: number; without?: string } = {}): void {
  const { memory, without } = options;
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  const navigator: Record<string, unknown> = { locks: {}, deviceMemory: memory };
  if (without === 'locks') delete navigator.locks;
  vi.stubGlobal('navigator', navigator);
  vi.stubGlobal('self', without === 'indexedDB' ? {} : { indexedDB: {} });
  vi.stubGlobal('Worker', without === 'Worker' ? undefined : class {});
  if (without === 'WebAssembly') vi.stubGlobal('WebAssembly', undefined);
  vi.stubGlobal('document', {
    get visibilityState() {
      return visibility;
    },
    addEventListener: (name: string, listener: () => void) => listeners.set(name, listener),
  });
  vi.stubGlobal('addEventListener', (name: string, listener: () => void) => listeners.set(name, listener));
}

beforeEach(() => {
  kept.clear();
  visibility = 'visible';
  browser();
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 27) });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const reason = (search = '', pathname = '/') => lightReason({ pathname, search });

test('a browser that can run the database opens the full app', () => {
  expect(reason()).toBeNull();
  expect(reason('?light')).toBe('asked');
  expect(reason('?light', '/sign-in')).toBeNull();
});

test.each(['WebAssembly', 'Worker', 'locks', 'indexedDB'])(
  'without %s it is light mode, also when chosen otherwise',
  (without) => {
    browser({ without });
    chooseMode('full');
    expect(reason()).toBe('no-engine');
    expect(reason('', '/invite/abc')).toBeNull();
  },
);

test('little memory means light mode, until the full app is chosen; unknown memory is enough', () => {
  for (const [memory, expected] of [
    [0.5, 'little-memory'],
    [1, 'little-memory'],
    [2, null],
    [8, null],
  ] as const) {
    browser({ memory });
    expect([memory, reason()]).toEqual([memory, expected]);
  }
  browser({ memory: 1 });
  chooseMode('full');
  expect([reason(), chosenMode()]).toEqual([null, 'full']);
  chooseMode('light');
  expect(reason()).toBe('chosen');
});

describe('starts that fail', () => {
  test('two in a row open light mode for a day; one that succeeds in between, or a choice, begins anew', () => {
    expect([startFailed(), reason()]).toEqual([false, null]);
    startSucceeded();
    expect([startFailed(), reason()]).toEqual([false, null]);
    expect([startFailed(), reason()]).toEqual([true, 'failed']);
    vi.advanceTimersByTime(23 * 60 * 60_000);
    expect(reason()).toBe('failed');
    vi.advanceTimersByTime(2 * 60 * 60_000);
    expect(reason()).toBeNull();
    startFailed();
    startFailed();
    chooseMode('full');
    expect(reason()).toBeNull();
  });

  test('a tab that died while it was starting has failed; one that was hidden or left has not', () => {
    beginsStart();
    beginsStart();
    expect(reason()).toBeNull();
    beginsStart();
    expect(reason()).toBe('failed');
    chooseMode('full');
    for (const event of ['pagehide', 'visibilitychange', 'pagehide']) {
      beginsStart();
      visibility = 'hidden';
      listeners.get(event)!();
      visibility = 'visible';
    }
    beginsStart();
    startSucceeded();
    beginsStart();
    expect(reason()).toBeNull();
  });
});

test('a browser that lets nothing be kept decides by what it can do', () => {
  vi.stubGlobal('localStorage', {
    getItem() {
      throw new Error('closed');
    },
    setItem() {
      throw new Error('closed');
    },
  });
  beginsStart();
  expect([startFailed(), reason()]).toEqual([false, null]);
});
