// The limits of scripts/budgets.json hold for the client as it is built and run now, and are limits.
// The heap is measured with a real server and browser, with 10,000 tasks on the device.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildWhenStale, clientDist } from '../build';
import { compressFolder } from '../compress';
import { appSubject } from './app-subject';
import { measureAssets } from './assets';
import {
  overBookings,
  overBytes,
  overDocuments,
  overFanout,
  overHeap,
  overLoad,
  readBudgets,
} from './budgets';
import { measureUse } from './runs';
import { startMeasuredServer } from './server';

const cache = fileURLToPath(new URL('../../.cache/compressed', import.meta.url));

test('the bytes of the built client are within their limits', async () => {
  expect(await buildWhenStale()).toBe(true);
  await compressFolder(clientDist, cache, 'best');
  const assets = measureAssets(clientDist);
  for (const kind of ['firstPaint', 'interface', 'light', 'database'] as const) {
    expect(assets.filter((a) => a[kind]).length).toBeGreaterThan(1);
  }
  expect(assets.filter((a) => /\.(wasm|data)$/.test(a.file))).toHaveLength(2);
  expect(assets.some((a) => a.database && /btree_gist/.test(a.file))).toBe(true);
  expect(overBytes(readBudgets(), assets)).toEqual([]);
  // Light mode has no part of the database.
  expect(
    assets.filter((a) => a.light && /\.(wasm|data|disk)$|^assets\/(worker|device)-/.test(a.file)),
  ).toEqual([]);
}, 300_000);

test('the heaps are within their limits with 10,000 tasks on the device', async () => {
  const server = await startMeasuredServer();
  try {
    const use = await measureUse(
      appSubject(server.url, await server.person('heap', 10_000)),
      'desktop',
      10_000,
    );
    expect(use.afterUse.wasmMiB).toBeGreaterThan(0);
    expect(overHeap(readBudgets(), use.afterUse)).toEqual([]);
  } finally {
    await server.stop();
  }
}, 300_000);

test('what goes beyond a limit is said', () => {
  const limits = { clashP95Ms: 1, weeklyClashP95Ms: 1, alternativesP95Ms: 1 };
  const documents = { compactedBytes: 1, keyToPaintP95Ms: 1, keyToStorageP95Ms: 1, reachP95Ms: 1 };
  const load = { sessionP95Ms: 1, writeP95Ms: 1, failed: 0, strangersMiB: 1 };
  const fanout = { serverMsPerMemberWrite: 0.3 };
  const budgets = {
    load,
    fanout,
    bytes: { firstPaintBrotli: 10, interfaceBrotli: 10, lightBrotli: 10, databaseBrotli: 10, allBrotli: 20 },
    heapMiB: { wasm: 1, js: 1 },
    bookings: limits,
    documents,
  };
  const asset = {
    file: 'a.js',
    raw: 99,
    gzip: 99,
    brotli: 11,
    firstPaint: true,
    interface: false,
    light: false,
    database: false,
  };
  expect(overBytes(budgets, [asset])).toEqual(['11 bytes to the first paint; the limit is 10']);
  const later = { ...asset, firstPaint: false };
  expect(overBytes(budgets, [{ ...later, interface: true }])).toHaveLength(1);
  expect(overBytes(budgets, [{ ...later, light: true }])).toHaveLength(1);
  expect(overBytes(budgets, [{ ...later, database: true }])).toHaveLength(1);
  expect(overBytes(budgets, [asset, later])).toHaveLength(2);
  expect(overHeap(budgets, { wasmMiB: 1, jsMiB: 1, rendererMiB: null })).toEqual([]);
  expect(overBookings(budgets, limits)).toEqual([]);
  expect(overBookings(budgets, { ...limits, clashP95Ms: 1.5, alternativesP95Ms: 2 })).toHaveLength(2);
  expect(overLoad(budgets, load)).toEqual([]);
  expect(overLoad(budgets, { ...load, writeP95Ms: 2, failed: 1 })).toHaveLength(2);
  expect(overFanout(budgets, fanout)).toEqual([]);
  expect(overFanout(budgets, { serverMsPerMemberWrite: 0.31 })).toHaveLength(1);
  expect(overDocuments(budgets, documents)).toEqual([]);
  expect(overDocuments(budgets, { ...documents, compactedBytes: 2, reachP95Ms: 2 })).toHaveLength(2);
  expect(overHeap(budgets, { wasmMiB: 1.25, jsMiB: 2, rendererMiB: null })).toHaveLength(2);
});
