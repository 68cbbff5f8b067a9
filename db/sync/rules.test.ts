// Every rule of the schema has its sentence, on both sides the same one.
import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMigrations } from '../../api/host/migrations';
import { schema } from '../tables';
import { migrate } from './migrate';
import { refusalKind, refusalSentence } from './rules';
import { refusalKinds } from './wire';

let pg: PGlite;
beforeAll(async () => {
  pg = await PGlite.create({ extensions: { btree_gist } });
  await migrate(pg, readMigrations(), 'client', schema.machinery);
});
afterAll(() => pg.close());

/** Constraints that only a server or a bug can break: keys of rows and of workspaces. */
const internal = /_pkey$|_workspace_id_fkey$|_in_workspace$/;

test('W5: every constraint and unique index that a person can break has a sentence', async () => {
  const { rows } = await pg.query<{ name: string }>(
    `select conname as name from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
     union select indexrelid::regclass::text from pg_index
       where indisunique and indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)`,
  );
  const names = rows.map((r) => r.name).filter((name) => !internal.test(name));
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !(name in schema.sentences))).toEqual([]);
});

test('W5: no sentence speaks SQL, and every kind of refusal has one', () => {
  const sentences = [
    ...Object.values(schema.sentences),
    ...refusalKinds.map((kind) => refusalSentence({}, kind, null)),
  ];
  for (const sentence of sentences) {
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(sentence).not.toMatch(/_|constraint|violat|null|relation/i);
  }
});

test('W5: whatever Postgres says of a value becomes a kind', () => {
  expect(['23503', '23505', '23514', '22P02', '54000', '42703'].map(refusalKind)).toEqual([
    'parent-missing',
    'duplicate',
    'invalid',
    'invalid',
    'too-large',
    'invalid',
  ]);
});
