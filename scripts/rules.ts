// RULES.md and the tests that hold its rules: reads both, finds where they disagree, and fills in the file names.
// `tsx scripts/rules.ts --write` rewrites the "held by" column from the titles of the tests.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from './problem';
import { lineAt } from './problem';
import { isTypeScript, sourceFiles } from './source-files';
import { isNode, literalText, type SyntaxNode, walkFile } from './syntax';

export const rulesFile = 'RULES.md';

interface RuleRow {
  readonly number: string;
  readonly sentence: string;
  /** The last column as it stands: test files, or the reason why the rule is not yet held. */
  readonly last: string;
  readonly held: boolean;
  readonly line: number;
}

/** `| **W1** | sentence | files or reason |`; rows below the heading "Not yet held" are not held. */
const row = /^\| \*\*([A-Z]\d+)\*\* \| (.+?) \| (.*?) \|$/;

/** @returns the rows of RULES.md, from its text. */
export function ruleRows(text: string): RuleRow[] {
  let held = true;
  return text.split('\n').flatMap((line, i): RuleRow[] => {
    if (line.startsWith('## ')) held = !/^## not yet held/i.test(line);
    const match = row.exec(line);
    if (!match) return [];
    const [, number = '', sentence = '', last = ''] = match;
    return [{ number, sentence, last, held, line: i + 1 }];
  });
}

/**
 * The rule numbers that a test title starts with: 'W1: …', 'W1, W2: …', 'M1–M3: …'.
 * @returns an empty list for a title without numbers
 */
export function numbersOf(title: string): string[] {
  const head = /^([A-Z]\d+(?:(?:, | and |–|-)[A-Z]\d+)*):/.exec(title)?.[1];
  if (!head) return [];
  return head.split(/, | and /).flatMap((part) => {
    const [from = '', to] = part.split(/[–-]/);
    if (!to) return [from];
    const letter = from[0] ?? '';
    const first = Number(from.slice(1));
    return Array.from({ length: Number(to.slice(1)) - first + 1 }, (_, i) => `${letter}${first + i}`);
  });
}

interface Title {
  readonly file: string;
  readonly line: number;
  readonly title: string;
}

/** Every title given to test, it or describe in the test files and in e2e/. */
export function testTitles(root: string): Title[] {
  const files = sourceFiles(
    root,
    (p) => isTypeScript(p) && (/\.(test|spec)\.tsx?$/.test(p) || p.startsWith('e2e/')),
  );
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const titles: Title[] = [];
    walkFile(file, text, (node) => {
      if (node.type !== 'CallExpression' || !Array.isArray(node.arguments)) return;
      const title = isTestFunction(node.callee) ? literalText(node.arguments[0]) : null;
      if (title !== null) titles.push({ file, line: lineAt(text, node.start), title });
    });
    return titles;
  });
}

/** test(…), test.only(…), it.each(…)(…), test.describe(…). */
function isTestFunction(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  const inner = (node: SyntaxNode): unknown =>
    node.type === 'MemberExpression' ? node.object : node.type === 'CallExpression' ? node.callee : null;
  if (callee.type === 'Identifier') return /^(test|it|describe)$/.test(String(callee.name));
  return isTestFunction(inner(callee));
}

/** Where RULES.md and the tests disagree. */
export function ruleProblems(root: string): Problem[] {
  const path = join(root, rulesFile);
  const rows = ruleRows(existsSync(path) ? readFileSync(path, 'utf8') : '');
  const titles = testTitles(root);
  const problems: Problem[] = [];
  const at = (line: number, sentence: string) => {
    problems.push({ file: rulesFile, line, rule: 'rules', sentence });
  };
  if (rows.length === 0) at(0, 'no rules found: a rule is a row | **W1** | sentence | tests |');
  const known = new Map<string, RuleRow>();
  for (const r of rows) {
    if (known.has(r.number)) at(r.line, `${r.number} stands twice`);
    known.set(r.number, r);
  }
  for (const t of titles) {
    for (const number of numbersOf(t.title)) {
      if (known.has(number)) continue;
      const sentence = `the test "${t.title}" names ${number}, which RULES.md does not have`;
      problems.push({ file: t.file, line: t.line, rule: 'rules', sentence });
    }
  }
  for (const r of known.values()) {
    const cell = heldBy(r.number, titles);
    if (!r.held && cell !== '') at(r.line, `${r.number} is listed as not yet held, but has a test: ${cell}`);
    if (!r.held && r.last.trim() === '') at(r.line, `${r.number} is not yet held: say why`);
    if (r.held && cell === '') at(r.line, `${r.number} has no test whose title starts with "${r.number}:"`);
    if (r.held && cell !== '' && cell !== r.last) {
      at(r.line, `${r.number} is held by ${cell}; run npx tsx scripts/rules.ts --write`);
    }
  }
  return problems;
}

/** The last cell of a held rule: its test files, linked, in the order of their names. */
function heldBy(number: string, titles: readonly Title[]): string {
  const files = titles.filter((t) => numbersOf(t.title).includes(number)).map((t) => t.file);
  return [...new Set(files)].map((file) => `[${file}](${file})`).join(', ');
}

/** Rewrites the last column of held rules from the tests. */
export function writeRules(root: string): void {
  const path = join(root, rulesFile);
  const titles = testTitles(root);
  const rows = new Map(ruleRows(readFileSync(path, 'utf8')).map((r) => [r.line, r]));
  const lines = readFileSync(path, 'utf8').split('\n');
  const next = lines.map((line, i) => {
    const r = rows.get(i + 1);
    return r?.held ? `| **${r.number}** | ${r.sentence} | ${heldBy(r.number, titles)} |` : line;
  });
  writeFileSync(path, next.join('\n'));
}

if (process.argv.includes('--write') && process.argv[1]?.endsWith('rules.ts')) writeRules(process.cwd());
