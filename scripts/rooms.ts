// The room check: within the houses client/, api/ and db/ every folder is a room. The rooms called sync are the core and
// know no feature; a feature uses the core, the parts without data, and another feature through its one entry; no
// files import each other in a circle, types included. See "The house" in ARCHITECTURE.md.
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { coreTables } from '../db/sync/tables';
import { tableNames } from '../db/tables';
import { specifiers } from './imports';
import { type Check, lineAt, type Problem, runIfMain } from './problem';
import { isTest, isTypeScript, sourceFiles } from './source-files';
import { isNode, literalText, type SyntaxNode, walkFile } from './syntax';

/** Rooms of a feature have the same name in every house. */
const features = ['account', 'booking', 'calendar', 'file', 'page', 'search', 'stock', 'task'];

const houses = ['client', 'api', 'db', 'electric'];

/** Rooms that are no feature's, and what each may import beside itself: rooms, or files at the root of a house. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  'db/sync': ['db/kit'],
  'db/kit': [],
  'electric/': ['db/sync', 'db/kit', 'electric/embedded'],
  'electric/embedded': [],
  'client/sync': ['db/sync', 'db/kit', 'electric/'],
  'client/kit': ['db/kit'],
  'api/sync': ['db/sync', 'db/kit', 'electric/'],
};

/** What a feature may import in its house, beside its own rooms and the entries of other features. */
const forFeatures: Readonly<Record<string, readonly string[]>> = {
  client: ['client/sync', 'client/kit', 'db/sync', 'db/kit', 'db/'],
  api: ['api/sync', 'api/', 'db/sync', 'db/kit', 'db/', 'electric/'],
  db: ['db/sync', 'db/kit'],
};

/** @returns the house and the room of a file, as client/task; of a file at the root of a house, as client/ */
function roomOf(file: string): string {
  const [house = '', room = '', ...rest] = file.split('/');
  return rest.length > 0 ? `${house}/${room}` : `${house}/`;
}

/**
 * @param from a source file, and `to` a file that it imports; paths from the root of the repository
 * @returns why that may not be, or null when it may
 */
export function roomFault(from: string, to: string): string | null {
  const [here, there] = [roomOf(from), roomOf(to)];
  const [house = '', room = ''] = here.split('/');
  if (here === there || !houses.includes(to.split('/')[0]!)) return null;
  const isFeature = features.includes(room);
  const may = rooms[here] ?? (isFeature ? forFeatures[house] : undefined);
  // What puts the rooms of a house together: its root, api/host, client/app.
  if (!may || may.includes(there)) return null;
  const [, other = ''] = there.split('/');
  if (isFeature) {
    if (other === room) return null;
    const isEntry = /^\w+\/\w+\/index\.tsx?$/.test(to);
    if (features.includes(other)) {
      return isEntry ? null : `${here} may use ${other} only through its entry, ${there}/index.ts, not ${to}`;
    }
  }
  return `${here} may import ${may.join(', ') || 'nothing of ours'}, not ${to}`;
}

/** @returns the files of each circle of imports, beginning with the first by name */
export function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  // Tarjan's strongly connected components.
  const found: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file)).sort();
    if (circle.length > 1 || graph.get(file)?.includes(file)) found.push(circle);
  };
  for (const file of [...graph.keys()].sort()) if (!index.has(file)) visit(file);
  return found;
}

const featureTables = tableNames.filter((name) => !Object.hasOwn(coreTables, name));
const inSql = new RegExp(
  `\\b(?:from|join|into|update|table)\\s+(?:only\\s+)?(?:public\\.|sync\\.)?"?(${featureTables.join('|')})\\b`,
  'i',
);

/** @returns the feature's table that this text names, as a whole or in SQL; null for none */
function tableNamed(text: string): string | null {
  if ((featureTables as readonly string[]).includes(text)) return text;
  return inSql.exec(text)?.[1] ?? null;
}

function namesIn(file: string, text: string): Problem[] {
  const problems: Problem[] = [];
  const look = (value: string, node: SyntaxNode) => {
    const table = tableNamed(value);
    if (!table) return;
    const sentence = `the core names no table of a feature, and this names ${table}`;
    problems.push({ file, line: lineAt(text, node.start), rule: 'rooms', sentence });
  };
  walkFile(file, text, (node) => {
    if (node.type === 'TemplateElement' && isNode(node)) {
      const { value } = node as unknown as { value: { raw: string } };
      look(value.raw, node);
      return;
    }
    const literal = node.type === 'TemplateLiteral' ? null : literalText(node);
    if (literal !== null) look(literal, node);
  });
  return problems;
}

export const roomCheck: Check = {
  name: 'rooms',
  holds: 'the core knows no feature, features use each other by their entries, and nothing goes in circles',
  async run(folder) {
    const problems: Problem[] = [];
    const isSource = (path: string) =>
      isTypeScript(path) &&
      !isTest(path) &&
      !/(^|\/)testing\//.test(path) &&
      houses.includes(path.split('/')[0]!);
    const files = sourceFiles(folder, isSource);
    const known = new Set(files);
    const graph = new Map<string, string[]>();
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      const imports: string[] = [];
      for (const { specifier, start } of specifiers(file, text)) {
        if (!specifier.startsWith('.')) continue;
        const path = posix.join(posix.dirname(file), specifier.replace(/\?.*$/, ''));
        const target = [path, `${path}.ts`, `${path}.tsx`].find((one) => known.has(one));
        if (!target) continue;
        imports.push(target);
        const sentence = roomFault(file, target);
        if (sentence) problems.push({ file, line: lineAt(text, start), rule: 'rooms', sentence });
      }
      graph.set(file, imports);
      if (/^(client|api|db)\/sync\/|^electric\/[^/]+$/.test(file)) problems.push(...namesIn(file, text));
    }
    for (const circle of circlesOf(graph)) {
      const sentence = `these files import each other in a circle: ${circle.join(', ')}`;
      problems.push({ file: circle[0]!, line: 0, rule: 'rooms', sentence });
    }
    return problems;
  },
};

await runIfMain(import.meta.url, roomCheck);
