// What a check of this repository reports: a place, a rule and a sentence; and how it is printed.
// A check is a function from a folder to problems, so that a test can give it a folder that must fail.
import { pathToFileURL } from 'node:url';

export interface Problem {
  /** Path relative to the folder checked. */
  readonly file: string;
  /** From 1; 0 when the problem is not in one line. */
  readonly line: number;
  readonly rule: string;
  readonly sentence: string;
}

export interface Check {
  /** One word, as printed. */
  readonly name: string;
  /** What is true when there are no problems, as one clause. */
  readonly holds: string;
  run(folder: string): Promise<Problem[]>;
}

/** @returns `file:line rule: sentence` */
export function problemLine(p: Problem): string {
  return `${p.file}${p.line > 0 ? `:${p.line}` : ''} ${p.rule}: ${p.sentence}`;
}

/** Runs a check over the repository when its file is the one that node was started with. Sets the exit code. */
export async function runIfMain(moduleUrl: string, check: Check): Promise<void> {
  if (moduleUrl !== pathToFileURL(process.argv[1] ?? '').href) return;
  const problems = await check.run(process.cwd());
  for (const p of problems) console.error(problemLine(p));
  console.log(
    problems.length === 0 ? `${check.name}: ${check.holds}` : `${check.name}: ${problems.length} found`,
  );
  if (problems.length > 0) process.exitCode = 1;
}

/** @returns the line number, from 1, of a character offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) line++;
  return line;
}
