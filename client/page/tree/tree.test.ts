// The tree of pages: order, the bin and the archive with what is below, parents that are missing or in a circle.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildTree, isWithin, type PageRow } from './tree';

const page = (id: string, parent_id: string | null = null, more: Partial<PageRow> = {}): PageRow => ({
  id,
  parent_id,
  title: id,
  icon: '',
  position: `a${id}`,
  archived: false,
  deleted_at: null,
  deleted_by: null,
  ...more,
});
const ids = (rows: readonly PageRow[]) => rows.map((row) => row.id);

test('children stand in manual order, then by id', () => {
  const tree = buildTree([
    page('c', null, { position: 'a0' }),
    page('b', null, { position: 'a0' }),
    page('a'),
  ]);
  expect(ids(tree.children(null))).toEqual(['b', 'c', 'a']);
});

test('what is below a page in the bin or the archive goes with it', () => {
  const tree = buildTree([
    page('a', null, { deleted_at: '2026-01-01' }),
    page('b', 'a'),
    page('c', null, { archived: true }),
    page('d', 'c'),
  ]);
  expect(tree.binned('b')?.id).toBe('a');
  expect(tree.archived('d')?.id).toBe('c');
  expect(tree.shown(null)).toEqual([]);
  expect(ids(tree.above('b'))).toEqual(['a']);
});

test('a page whose parent is not here stands at the top', () => {
  expect(ids(buildTree([page('a', 'gone')]).children(null))).toEqual(['a']);
});

test('pages moved into each other: the smallest id stands at the top, the rest below it', () => {
  const tree = buildTree([page('b', 'a'), page('a', 'c'), page('c', 'b'), page('d', 'c')]);
  expect(ids(tree.children(null))).toEqual(['a']);
  expect(ids(tree.above('c'))).toEqual(['a', 'b']);
  expect(isWithin(tree, 'd', 'a')).toBe(true);
});

test('whatever the parents are, every page is in the tree once, and any order of rows gives the same tree', () => {
  const names = [...'abcdefgh'];
  const rows = fc
    .tuple(...names.map(() => fc.option(fc.constantFrom(...names, 'gone'))))
    .map((parents) => names.map((id, i) => page(id, parents[i] === id ? null : (parents[i] ?? null))));
  const shape = (all: readonly PageRow[]) => {
    const tree = buildTree(all);
    const walk = (id: string | null): string =>
      tree
        .children(id)
        .map((child) => `${child.id}(${walk(child.id)})`)
        .join(' ');
    return walk(null);
  };
  fc.assert(
    fc.property(
      rows.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, mixed]) => {
        expect([...shape(all).replace(/[^a-h]/g, '')].sort()).toEqual(names);
        expect(shape(mixed)).toBe(shape(all));
      },
    ),
  );
});
