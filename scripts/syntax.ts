// Reading TypeScript for the checks: parses with the parser that the build uses and walks its tree.
// The tree is taken as plain data; each check looks for the few node kinds that it needs.
import { parseSync } from 'vite';

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/**
 * Calls `visit` for every node of a file, parents first.
 * @throws Error when the file cannot be parsed
 */
export function walkFile(path: string, text: string, visit: (node: SyntaxNode) => void): void {
  const result = parseSync(path, text, {});
  const error = result.errors[0];
  if (error) throw new Error(`${path}: ${error.message}`);
  walk(result.program, visit);
}

function walk(value: unknown, visit: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
  } else if (isNode(value)) {
    visit(value);
    for (const child of Object.values(value)) if (typeof child === 'object') walk(child, visit);
  }
}

/** @returns whether a value of the tree is a node; narrows it. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The text of a string literal or of the part of a template before its first hole; null for anything else. */
export function literalText(value: unknown): string | null {
  if (!isNode(value)) return null;
  if (value.type === 'Literal' && typeof value.value === 'string') return value.value;
  if (value.type === 'TemplateLiteral' && Array.isArray(value.quasis)) {
    const first: unknown = value.quasis[0];
    if (!isNode(first)) return null;
    const cooked = first.value;
    return typeof cooked === 'object' && cooked !== null && 'cooked' in cooked ? String(cooked.cooked) : null;
  }
  return null;
}
