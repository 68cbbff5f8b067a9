// @vitest-environment happy-dom
// A folder of Markdown in and out again: the tree, links between files, front matter, what is reported; and the real
// handbook where it is present.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newId } from '../../../db/sync/ids';
import { stateOfBody } from '../body/body-text';
import { bodySchema } from '../body/extensions';
import { buildTree, type PageTree } from '../tree/tree';
import { filePaths } from './export-images';
import { exportPaths, markdownFiles } from './export-pages';
import { type ImportPlan, planImport } from './import-plan';
import type { SourceFile } from './source-file';
import { csv } from './transfer-actions';

const schema = bodySchema();
const workspaceId = newId();
const plan = (files: readonly SourceFile[]) => planImport(files, { workspaceId, name: 'Docs' });

function treeOf(made: ImportPlan): PageTree {
  return buildTree(
    made.pages.map((page, i) => ({
      id: page.id,
      parent_id: page.parentId,
      title: page.title,
      icon: page.icon,
      position: `a${String(i).padStart(5, '0')}`,
      archived: false,
      deleted_at: null,
      deleted_by: null,
    })),
  );
}

function exported(made: ImportPlan, imagePath?: (hash: string) => string | null): SourceFile[] {
  const states = new Map<string, Uint8Array>();
  for (const page of made.pages) {
    if (!page.body) continue;
    states.set(page.id, stateOfBody(page.body, schema));
  }
  const tree = treeOf(made);
  return markdownFiles(tree, exportPaths(tree, null), states, imagePath);
}

const file = (path: string, text: string): SourceFile => ({ path, text });
const small = [
  file('kb/index.md', '# Knowledge\n\nSee [pump](tools/pump.md#repair) and [gone](nowhere.md).'),
  file(
    'kb/tools/pump.md',
    '---\ntitle: "The pump"\nicon: "🔧"\ntags:\n  - water\n---\n\n- [x] tested\n\n[up](../index.md)',
  ),
  file('kb/tools/deep/valve.md', '![v](v.png)\n\n[pump]({% page "/tools/pump/" %})'),
  { path: 'kb/logo.svg', text: null },
];

test('a folder becomes a tree, links between files become links between pages', () => {
  const { pages, report } = plan(small);
  const by = (title: string) => pages.find((page) => page.title === title)!;
  expect(pages.map((page) => page.title)).toEqual(['Knowledge', 'tools', 'deep', 'valve', 'The pump']);
  expect(by('valve').parentId).toBe(by('deep').id);
  expect(by('The pump').parentId).toBe(by('tools').id);
  expect(by('The pump').icon).toBe('🔧');
  expect(JSON.stringify(by('Knowledge').body)).toContain(`/w/${workspaceId}/d/${by('The pump').id}#repair`);
  expect(report).toMatchObject({ pages: 3, pageLinks: 3, images: 1, checklistItems: 1 });
  expect(report.notes.map((note) => note.what).sort()).toEqual([
    'files of the kind .svg, left out',
    'images whose file is missing; the address is kept',
    'links to pages that are not in the folder; the address is kept',
  ]);
});

test('out and in again: the same tree, texts, links and front matter', () => {
  const first = plan(small);
  const files = exported(first);
  expect(files.map((f) => f.path)).toContain('knowledge/tools/the-pump.md');
  expect(files.find((f) => f.path.endsWith('the-pump.md'))?.text).toContain('tags:\n  - water');
  expect(files.find((f) => f.path.endsWith('valve.md'))?.text).toContain('](../the-pump.md)');
  expect(shape(plan(files))).toEqual(shape(first));
});

test('images come in as files, and go out beside the pages that show them', () => {
  const image = (path: string, digit: string): SourceFile => ({
    path,
    text: null,
    image: { hash: digit.repeat(64), file: new File(['x'], path.split('/').at(-1)!, { type: 'image/png' }) },
  });
  const first = plan([
    file('kb/a.md', '# A\n\n![mast](img/The%20mast.png "north") and ![mast](/img/The%20mast.png)'),
    file(
      'kb/deep/b.md',
      '# B\n\n![](../img/pump.png)\n\n![](../img/plan.svg) ![](https://example.org/x.png)',
    ),
    image('kb/img/The mast.png', '1'),
    image('kb/img/pump.png', '2'),
    image('kb/img/unused.png', '3'),
    { path: 'kb/img/plan.svg', text: null },
  ]);
  expect(first.report).toMatchObject({ images: 5, imagesKept: 3 });
  expect(first.files).toHaveLength(2);
  expect(first.report.notes.map(({ what, count }) => [what, count])).toEqual([
    ['images of a kind or a size that a page cannot show; the address is kept', 1],
    ['images on other sites; the address is kept, the image is not fetched', 1],
    ['images that no page shows, left out', 1],
    ['files of the kind .svg, left out', 1],
  ]);
  const rows = [
    { hash: '1'.repeat(64), name: 'The mast.png', type: 'image/png' },
    { hash: '2'.repeat(64), name: '', type: 'image/png' },
    { hash: '4'.repeat(64), name: 'the-mast.png', type: 'image/png' },
  ];
  const paths = filePaths(rows, 'files/');
  expect([...paths.values()]).toEqual([
    'files/the-mast.png',
    'files/image-22222222.png',
    'files/the-mast-2.png',
  ]);
  const files = exported(first, (hash) => paths.get(hash) ?? null);
  const b = files.find((f) => f.path.endsWith('/b.md'))!;
  expect(b.path.split('/')).toHaveLength(3);
  expect(b.text).toContain('![](../../files/image-22222222.png)');
  const again = plan([...files, image('files/the-mast.png', '1'), image('files/image-22222222.png', '2')]);
  expect(again.report).toMatchObject({ images: 5, imagesKept: 3 });
  expect(shape(again)).toEqual(shape(first));
});

/** What a plan means: without ids, and without the folder that an export puts around all. */
function shape(made: ImportPlan) {
  const titles = new Map(made.pages.map((page) => [page.id, page.title]));
  const json = (page: ImportPlan['pages'][number]) =>
    page.body &&
    JSON.stringify(schema.nodeFromJSON(page.body).toJSON()).replace(
      /\/w\/[0-9a-f-]{36}\/d\/([0-9a-f-]{36})/g,
      (_, id: string) => `page:${titles.get(id)}`,
    );
  return made.pages
    .map((page) => [titles.get(page.parentId ?? '') ?? null, page.title, page.icon, json(page)])
    .sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

test('CSV: quotes, lines, nothing, dates', () => {
  expect(csv(['a', 'b'], [{ a: 'x "y"\nz', b: null }])).toBe('a,b\r\n"x ""y""\nz",\r\n');
});

const handbook = join(import.meta.dirname, '../../../../shared/data/handbook');
test.runIf(existsSync(handbook))(
  'the handbook: in, out and in again, with equal counts',
  () => {
    const files = readdirSync(handbook, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.\w+$/.test(path))
      .map((path) => ({
        path,
        text: path.endsWith('.md') ? readFileSync(join(handbook, path), 'utf8') : null,
      }));
    const first = plan(files);
    expect(first.report.pages).toBe(246);
    // What is left names pages of other sites, and templates.
    expect(first.report.pageLinks).toBeGreaterThanOrEqual(644);
    const again = plan(exported(first));
    const { pageLinks, outsideLinks, images, checklistItems } = first.report;
    expect(again.report).toMatchObject({ images, checklistItems });
    // Neighbouring links to one address are one.
    expect(Math.abs(again.report.outsideLinks - outsideLinks)).toBeLessThanOrEqual(1);
    // A link that led nowhere may find a page whose file is named after its title now.
    expect(again.report.pageLinks).toBeGreaterThanOrEqual(pageLinks);
    expect(again.pages.length).toBe(first.pages.length);
  },
  60_000,
);
