// The import check: imports between the folders of this repository go one way (ARCHITECTURE.md).
// It reads static, dynamic and type imports, re-exports, and `new URL('./x', import.meta.url)`.
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Check, lineAt, type Problem, runIfMain } from './problem';
import { isTest, isTypeScript, sourceFiles } from './source-files';
import { isNode, literalText, type SyntaxNode, walkFile } from './syntax';

/**
 * What each folder may import of ours, besides itself. A path without a slash is a folder, and one that ends with a slash;
 * others are files.
 */
const allowed: Record<string, readonly string[]> = {
  client: ['db', 'electric/shapes', 'migrations'],
  api: ['db', 'electric', 'migrations'],
  electric: ['db'],
  db: [],
  e2e: [],
  // Other apps on the core, which see nothing of Outpost but how it starts its Postgres.
  examples: ['db/sync/', 'client/sync/', 'api/sync/', 'electric', 'migrations', 'api/host/postgres'],
};

/** Packages that need Node or a connection; db/ holds meaning only, client/ runs in a browser. */
const nodeOnly = /^(node:|pg$|hono($|\/)|@hono\/|better-auth$|tsx$|vite$)/;

/** Run when the client is built, not in it. */
const buildTime = /^client\/(vite\.config\.ts|precache\.ts|build\/)/;

export const importCheck: Check = {
  name: 'imports',
  holds: 'imports between folders go one way',
  async run(folder) {
    const problems: Problem[] = [];
    const files = sourceFiles(
      folder,
      (p) => isTypeScript(p) && Object.hasOwn(allowed, p.split('/')[0] ?? ''),
    );
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      for (const found of specifiers(file, text)) {
        const sentence = judge(file, found.specifier);
        if (sentence) problems.push({ file, line: lineAt(text, found.start), rule: 'imports', sentence });
      }
    }
    return problems;
  },
};

/** @returns why this file may not import this, or null when it may. */
export function judge(file: string, specifier: string): string | null {
  const area = file.split('/')[0] ?? '';
  const may = allowed[area];
  if (!may) return null;
  if (!specifier.startsWith('.')) {
    if (area === 'db' && !isTest(file) && nodeOnly.test(specifier)) {
      return `db/ has no I/O and no Node: it may not import ${specifier}`;
    }
    const inBrowser = area === 'client' && !isTest(file) && !buildTime.test(file) && !/-node\.ts$/.test(file);
    if (inBrowser && nodeOnly.test(specifier)) {
      return `client/ runs in a browser: only files named *-node.ts may import ${specifier}`;
    }
    return null;
  }
  const target = posix.join(posix.dirname(file), specifier.replace(/\?.*$/, '')).replace(/\.(tsx?|js)$/, '');
  const first = target.split('/')[0] ?? '';
  // A test may look at real data beside the repository, and a path to the repository itself imports nothing.
  if (
    target === '.' ||
    target === './' ||
    ((isTest(file) || area === 'e2e') && /^\.\.\/shared\/data\//.test(target))
  )
    return null;
  // What was released is kept there; a test opens it.
  if (isTest(file) && target.startsWith('e2e/fixtures')) return null;
  // The program's name and version.
  if (target === 'package.json') return null;
  if (first === '..') return `${specifier} is outside the repository`;
  if (first === area) return null;
  // Tests put the real parts together; what ships does not depend on them.
  const together = /^(scripts|migrations|api|electric|db)\//;
  if ((isTest(file) || /\/testing\//.test(file)) && area !== 'e2e' && together.test(target)) return null;
  const isOf = (m: string) =>
    m.endsWith('/') ? `${target}/`.startsWith(m) : m.includes('/') ? target === m : first === m;
  if (may.some(isOf)) return null;
  return `${area}/ may import ${may.length > 0 ? may.join(', ') : 'nothing of ours'}, not ${target}`;
}

/** Every module or file that a source file names in an import position. */
export function specifiers(file: string, text: string): { specifier: string; start: number }[] {
  const found: { specifier: string; start: number }[] = [];
  const add = (value: unknown, node: SyntaxNode) => {
    const specifier = literalText(value);
    if (specifier !== null) found.push({ specifier, start: node.start });
  };
  walkFile(file, text, (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration':
      case 'ImportExpression':
      case 'TSImportType':
        return add(node.source, node);
      case 'NewExpression':
        if (nameOf(node.callee) === 'URL' && Array.isArray(node.arguments) && node.arguments.length === 2) {
          const path = literalText(node.arguments[0]);
          add(path?.startsWith('.') ? node.arguments[0] : null, node);
        }
        return;
      case 'CallExpression':
        // import.meta.glob('../x/*.sql') and vi.mock('../x') name files too.
        if (nameOf(node.callee) === 'glob' && Array.isArray(node.arguments)) add(node.arguments[0], node);
        return;
    }
  });
  return found;
}

function nameOf(callee: unknown): string | null {
  if (!isNode(callee)) return null;
  if (callee.type === 'Identifier') return String(callee.name);
  return callee.type === 'MemberExpression' ? nameOf(callee.property) : null;
}

await runIfMain(import.meta.url, importCheck);
