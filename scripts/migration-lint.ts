// The migration linter (S2): migrations only add, read from Postgres's own parse tree; released files never change.
// What is not on the list below is refused; migrations/exceptions.json lets single statements through, with a reason.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'libpg-query';
import { z } from 'zod';
import { type MigrationFile, machineryFiles, migrationFiles } from './migration-files';
import { type AstNode, judgeMachinery, judgeStatement } from './migration-rules';
import { type Check, lineAt, type Problem, runIfMain } from './problem';

const exceptionList = z.array(
  z.strictObject({
    file: z.string(),
    /** The statement as it stands in the file; white space does not count. */
    statement: z.string(),
    reason: z.string().min(20),
  }),
);
const checksumList = z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/));

export const migrationLint: Check = {
  name: 'migrations',
  holds: 'migrations only add, and released ones are as they were released',
  async run(root) {
    const folder = join(root, 'migrations');
    const problems: Problem[] = [];
    const files = migrationFiles(folder);
    const exceptions = exceptionList.parse(readJson(join(folder, 'exceptions.json'), []));
    const used = new Set<number>();
    /** Tables by the number of the migration that makes them: new tables may be changed in it. */
    const made = new Map<string, string>();
    const judge = (statement: AstNode, { name, side }: MigrationFile) =>
      judgeStatement(statement, side, name.slice(0, 4), made);
    for (const file of machineryFiles(folder)) {
      problems.push(...(await lintFile(file, judgeMachinery)).map(({ problem }) => problem));
    }
    for (const file of files) {
      for (const found of await lintFile(file, judge)) {
        const index = exceptions.findIndex(
          (e) => e.file === file.name && squeeze(e.statement) === squeeze(found.statement),
        );
        if (index === -1) problems.push(found.problem);
        else used.add(index);
      }
    }
    exceptions.forEach((e, i) => {
      if (used.has(i)) return;
      const sentence = `this exception excuses nothing; remove it: ${e.file}: ${squeeze(e.statement).slice(0, 60)}`;
      problems.push({ file: 'migrations/exceptions.json', line: 0, rule: 'S2', sentence });
    });
    return [...problems, ...checkReleased(folder, files)];
  },
};

/** Every refused statement of one file, exceptions not yet considered. */
async function lintFile(
  file: MigrationFile,
  judge: (statement: AstNode, file: MigrationFile) => string[],
): Promise<{ statement: string; problem: Problem }[]> {
  const path = `migrations/${file.name}`;
  const bytes = Buffer.from(file.sql);
  let statements: { stmt?: unknown; stmt_location?: number; stmt_len?: number }[];
  try {
    statements = (await parse(file.sql)).stmts ?? [];
  } catch (error) {
    const sentence = `Postgres cannot read this file: ${error instanceof Error ? error.message : String(error)}`;
    return [{ statement: '', problem: { file: path, line: 0, rule: 'S2', sentence } }];
  }
  return statements.flatMap((s) => {
    const start = s.stmt_location ?? 0;
    const raw = bytes.subarray(start, s.stmt_len ? start + s.stmt_len : undefined).toString();
    const statement = raw.replace(/^(\s|--[^\n]*\n|\/\*.*?\*\/)+/s, '');
    const line = lineAt(file.sql, bytes.subarray(0, start).toString().length + raw.length - statement.length);
    return judge(s.stmt as AstNode, file).map((sentence) => ({
      statement,
      problem: { file: path, line, rule: 'S2', sentence },
    }));
  });
}

function checkReleased(folder: string, files: readonly MigrationFile[]): Problem[] {
  const pinned = checksumList.parse(readJson(join(folder, 'checksums.json'), {}));
  return Object.entries(pinned).flatMap(([name, checksum]) => {
    const file = files.find((f) => f.name === name);
    if (file && checksumOf(file) === checksum) return [];
    const sentence = `${name} is released and may not be ${file ? 'changed' : 'removed'}; write a new migration`;
    return [{ file: `migrations/${name}`, line: 0, rule: 'S2', sentence }];
  });
}

/** Pins every migration file that is there now, so that none of them may change any more. */
export function release(root: string): string[] {
  const folder = join(root, 'migrations');
  const files = migrationFiles(folder);
  const pinned = Object.fromEntries(files.map((f) => [f.name, checksumOf(f)]));
  writeFileSync(join(folder, 'checksums.json'), `${JSON.stringify(pinned, null, 2)}\n`);
  return files.map((f) => f.name);
}

function checksumOf(file: MigrationFile): string {
  return `sha256:${createHash('sha256').update(file.sql).digest('hex')}`;
}

function readJson(path: string, otherwise: unknown): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : otherwise;
}

function squeeze(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim().replace(/;$/, '');
}

if (process.argv.includes('--release')) {
  console.log(`migrations: released ${release(process.cwd()).join(', ')}`);
} else {
  await runIfMain(import.meta.url, migrationLint);
}
