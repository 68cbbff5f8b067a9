// The house rules that a machine can check cheaply: length, headers, nothing left unfinished, nothing of one machine,
// and RULES.md in step with the tests (rules.ts).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, lineAt, type Problem, runIfMain } from './problem';
import { ruleProblems } from './rules';
import { isTest, isTypeScript, sourceFiles } from './source-files';

const longest = 400;
const code = /\.(tsx?|sql|css)$/;
const text =
  /\.(tsx?|m?js|sql|css|html|json|md|ya?ml|sh|toml)$|(^|\/)(Dockerfile|\.ci\/.*|\.[a-z]+ignore|\.env\.example)$/;
const ours = /^(api|client|db|e2e|electric|examples|migrations|scripts)\//;
const generated = new Set(['db/schema.ts', 'package-lock.json']);

interface Pattern {
  readonly rule: string;
  readonly found: RegExp;
  readonly sentence: string;
  applies(path: string): boolean;
}

const isTestFile = (path: string) => isTest(path) || path.startsWith('e2e/');

// Written so that this file does not match itself.
const patterns: readonly Pattern[] = [
  {
    rule: 'focused test',
    found: /\b(?:test|it|describe)\.(?:only|skip|todo|fixme|fails)\b/g,
    sentence: 'every test runs, and alone none does',
    applies: (path) => isTypeScript(path) && isTestFile(path),
  },
  {
    rule: 'types',
    found: /\bas an[y]\b|@ts-(?:ignor[e]|nochec[k])|eslint-disabl[e]/g,
    sentence: 'say the type, or narrow it',
    applies: isTypeScript,
  },
  {
    rule: 'unfinished',
    found: /\b(?:TOD[O]|FIXM[E]|HAC[K]|XX[X])\b/g,
    sentence: 'finish it or write an issue',
    applies: (path) => code.test(path),
  },
  {
    rule: 'waiting',
    found: /\bwaitForTimeou[t]\(/g,
    sentence: 'wait for a condition, not for a time',
    applies: isTypeScript,
  },
  {
    rule: 'machine path',
    found: /(?<![\w.~:/}-])\/(?:hom[e]\/[a-z]|roo[t]\/|wor[k]\/|Users\/|tm[p]\/)/g,
    sentence: 'a path of one machine: use os.tmpdir(), import.meta.url or the environment',
    applies: (path) => text.test(path) && path !== 'Dockerfile',
  },
  {
    rule: 'registry',
    found: /"resolve[d]": "http|registr[y]\.(?:npmjs|yarnpkg)|^registr[y]\s*=/gm,
    sentence: 'the registry is a matter of each machine',
    applies: (path) => text.test(path) || path === '.npmrc',
  },
];

export const houseCheck: Check = {
  name: 'house',
  holds: 'the house rules hold, and RULES.md names the tests that hold its rules',
  async run(root) {
    const problems: Problem[] = [];
    for (const file of sourceFiles(root, (p) => text.test(p) || p === '.npmrc')) {
      const content = readFileSync(join(root, file), 'utf8');
      const add = (line: number, rule: string, sentence: string) => {
        problems.push({ file, line, rule, sentence });
      };
      for (const p of patterns) {
        if (!p.applies(file)) continue;
        for (const match of content.matchAll(p.found)) add(lineAt(content, match.index), p.rule, p.sentence);
      }
      if (generated.has(file) || !code.test(file)) continue;
      const lines = content.split('\n').length - 1;
      if (lines > longest) add(0, 'length', `${lines} lines; ${longest} is the most: is it two things?`);
      if (ours.test(file) && !/^(\/\/|\/\*|--|#!)/.test(content)) {
        add(1, 'header', 'a file starts with two lines of comment that say what it owns');
      }
    }
    return [...problems, ...ruleProblems(root)];
  },
};

await runIfMain(import.meta.url, houseCheck);
