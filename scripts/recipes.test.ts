// The two recipes of ARCHITECTURE.md, done in a scratch copy of the repository, as a newcomer would: what they promise is
// then checked there by the tests that walk the definitions.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, inject, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const copied = ['api', 'client', 'db', 'electric', 'migrations', 'scripts'];
const files = ['package.json', 'tsconfig.json', 'vitest.config.ts', 'ARCHITECTURE.md'];

class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), 'outpost-recipe-'));
  /** What a person had to touch for one recipe. */
  touched = new Set<string>();

  constructor() {
    const skipped = ['client/dist', 'client/generated'].map((path) => join(root, path));
    for (const name of copied)
      cpSync(join(root, name), join(this.folder, name), {
        recursive: true,
        filter: (source) => !skipped.includes(source),
      });
    for (const name of files) cpSync(join(root, name), join(this.folder, name));
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text, { flag: 'wx' });
    this.touched.add(file);
  }

  /** Puts lines in front of the one place where these words stand. */
  insert(file: string, before: string, lines: string): void {
    const path = join(this.folder, file);
    const parts = readFileSync(path, 'utf8').split(before);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places with “${before}”`);
    writeFileSync(path, `${parts[0]}${lines}${before}${parts[1]}`);
    this.touched.add(file);
  }

  /** Makes a check of scripts/recipes/ a test of the copy. @returns its path there */
  use(name: string): string {
    const test = join('scripts/recipes', name.replace('.check.', '.test.'));
    cpSync(join(this.folder, 'scripts/recipes', name), join(this.folder, test));
    return test;
  }

  /** @returns what it printed; its failure has that, too */
  async run(program: string, ...args: string[]): Promise<string> {
    const { VITEST: _, VITEST_WORKER_ID: _id, VITEST_POOL_ID: _pool, ...env } = process.env;
    const bin = join(this.folder, 'node_modules', '.bin', program);
    // The copy's own migrations give a template of another name (testing/postgres.ts), so one Postgres serves both.
    const own = { NO_COLOR: '1', TEST_DATABASE_URL: inject('postgresUrl') };
    const run = promisify(execFile)(bin, args, { cwd: this.folder, env: { ...env, ...own } });
    return await run.then(
      ({ stdout }) => stdout,
      (error: { stdout: string; stderr: string }) => {
        throw new Error(
          `${program} ${args.join(' ')}:\n${error.stdout.slice(-6000)}\n${error.stderr.slice(-2000)}`,
        );
      },
    );
  }
}

/** One copy in which both are done, one after the other. */
const scratch = new Scratch();
afterAll(() => rmSync(scratch.folder, { recursive: true, force: true }));

/** Number of the newest migration. */
const newest = Math.max(
  ...readdirSync(new URL('../migrations', import.meta.url)).map((name) =>
    Number(/^\d{4}_/.exec(name) ? name.slice(0, 4) : 0),
  ),
);
const numbered = (n: number) => String(n).padStart(4, '0');

/** Tests that walk the definitions. */
const walking = [
  'db/catalog.test.ts',
  'db/columns.test.ts',
  'db/bounds.test.ts',
  'db/sync/rules.test.ts',
  'api/sync/access.test.ts',
];

test('S3, S4: a column on task is one migration and one entry in its definition', async () => {
  scratch.write(
    `migrations/${numbered(newest + 1)}_reference.sql`,
    `-- What a task is called elsewhere.
alter table task add column reference text not null default ''
  constraint task_reference_length check (char_length(reference) <= 40);\n`,
  );
  scratch.insert(
    'db/task/tables.ts',
    "      position: field('position in the list', { silent: true }),\n    },\n    access: { imported",
    `      reference: field('reference', {
        control: 'text',
        shown: true,
        since: ${newest + 1},
        rules: { task_reference_length: 'A reference can be at most 40 characters long.' },
      }),\n`,
  );
  expect(scratch.touched.size).toBe(2);
  const checks = [scratch.use('column.check.ts'), scratch.use('panel.check.tsx')];
  await scratch.run('tsx', 'scripts/types.ts');
  await scratch.run('vitest', 'run', ...checks);
}, 600_000);

test('R1, A4: a new synced table is one migration and one definition', async () => {
  scratch.touched = new Set();
  scratch.write(
    `migrations/${numbered(newest + 2)}_milestone.sql`,
    `-- What a project is to reach.
create table milestone (
  id            uuid primary key,
  workspace_id  uuid not null,
  project_id    uuid not null,
  name          text not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  version       bigint not null default 0,
  constraint milestone_name_length check (char_length(btrim(name)) between 1 and 120),
  constraint milestone_project_exists foreign key (workspace_id, project_id)
    references project (workspace_id, id) on delete cascade,
  constraint milestone_created_at_range check (created_at >= '1900-01-01 00:00:00+00'
    and created_at < '2200-01-01 00:00:00+00')
);\n`,
  );
  scratch.insert(
    'db/task/tables.ts',
    '  comment: defineTable({',
    `  milestone: defineTable({
    called: 'milestone',
    columns: { project_id: once('project', { names: 'project' }), name: field('name', { control: 'text' }) },
    rules: {
      milestone_name_length: check('A milestone needs a name of at most 120 characters.', 'name'),
      milestone_project_exists: final('The project was deleted.'),
      milestone_created_at_range: common.createdAt,
    },
  }),\n`,
  );
  expect(scratch.touched.size).toBe(2);
  await scratch.run('tsx', 'scripts/types.ts');
  await scratch.run('tsc', '--noEmit', '-p', '.');
  await scratch.run('vitest', 'run', scratch.use('table.check.ts'), ...walking);
}, 600_000);
