// Rewrites the JavaScript that comes with PGlite's WebAssembly module when the client is built: what was taken out of
// the module and of its package of files is not named any more, and what a device never runs (initdb) is left out.
// Every rewriting throws when it does not find its place, so that another PGlite cannot be built half rewritten.
import { parseSync } from 'vite';

/** A file of PGlite's package, by where its bytes stand in it. */
export interface PackedFile {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The parts of an ESTree node that are read here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** @returns whether this file of PGlite is the one with the module's glue */
export const isGlue = (code: string) => code.includes('remote_package_size:');

/** @returns whether this file of PGlite holds initdb */
export const hasInitdb = (code: string) => code.includes('"initdb.wasm"');

/** The files of PGlite's package, in their order. @param glue the file with the module's glue */
export function packedFiles(glue: string): PackedFile[] {
  const { list } = placesIn(glue);
  return Array.from(glue.slice(list.start, list.end).matchAll(fileEntry), ([, name, start, end]) => ({
    name: name!,
    start: Number(start),
    end: Number(end),
  }));
}

const fileEntry = /\{filename:"([^"]+)",start:([\de]+),end:([\de]+)\}/g;

/** Every name that the glue may ask the module for, and more: all its words but the list of exports itself. */
export function wordsOf(glue: string): Set<string> {
  const { assigned, declared, list } = placesIn(glue);
  const rest = edited(
    glue,
    [...assigned, ...declared, list].map(({ start, end }) => ({ start, end, text: ' ' })),
  );
  return new Set(rest.match(/[A-Za-z_$][\w$]*/g));
}

/** What of PGlite is kept. */
export interface Kept {
  /** Names of the module's exports. */
  readonly exports: ReadonlySet<string>;
  readonly files: readonly PackedFile[];
  /** Bytes of the package. */
  readonly size: number;
}

/** @returns the glue for a module and a package that hold only what is kept */
export function slimGlue(glue: string, { exports, files, size }: Kept): string {
  const { assigned, declared, list, sizeAt } = placesIn(glue);
  const gone = new Set(assigned.map(({ name }) => name).filter((name) => !exports.has(name)));
  const dropped = [
    ...assigned.filter(({ name }) => gone.has(name)).map((place) => ({ ...place, text: '' })),
    ...declared.filter(({ name }) => gone.has(name.slice(1))).map((place) => ({ ...place, text: '' })),
  ];
  const entries = files.map(({ name, start, end }) => `{filename:"${name}",start:${start},end:${end}}`);
  const slim = edited(glue, [
    ...dropped,
    { ...list, text: `[${entries.join(',')}]` },
    { ...sizeAt, text: String(size) },
  ]);
  return withSmallSteps(withoutUrls(slim));
}

/** @returns the file with initdb's program taken out: it can still be called, and fails. */
export function withoutInitdb(code: string): string {
  const program = nodesOf(code, (node) => node.type === 'FunctionDeclaration').find(({ start, end }) =>
    hasInitdb(code.slice(start, end)),
  );
  const body = program?.body as Node | undefined;
  if (!body) throw new Error('PGlite: no initdb found');
  return withoutUrls(edited(code, [{ ...body, text: '{throw new Error("initdb is not shipped")}' }]));
}

/** The files that PGlite would fetch itself; all of them are handed to it. */
function withoutUrls(code: string): string {
  const url = /new URL\("(?:\.\/)?(?:pglite|initdb)\.(?:wasm|data)",\s*import\.meta\.url\)/g;
  if (!url.test(code)) throw new Error('PGlite: no addresses of its files found');
  return code.replaceAll(url, 'new URL("about:blank")');
}

/** Memory that is full grows by a twentieth and not by a fifth: growing costs little, and none of it is given back. */
function withSmallSteps(code: string): string {
  const step = /(_emscripten_resize_heap=.{0,300}?\(1\+)\.2(?=\/)/s;
  if (!step.test(code)) throw new Error('PGlite: no growth of memory found');
  return code.replace(step, '$1.05');
}

interface Named extends Omit<Edit, 'text'> {
  readonly name: string;
}

interface Places {
  /** `_x=Module._x=e.x,`, by the export's name. */
  readonly assigned: readonly Named[];
  /** `_x` of `var …,_x,…`, with the comma before it. */
  readonly declared: readonly Named[];
  readonly list: { readonly start: number; readonly end: number };
  readonly sizeAt: { readonly start: number; readonly end: number };
}

function placesIn(glue: string): Places {
  const nodes = nodesOf(glue, ({ type }) =>
    ['FunctionDeclaration', 'VariableDeclaration', 'Property'].includes(type),
  );
  const assign = nodes.find(
    (node) => node.type === 'FunctionDeclaration' && nameOf(node.id) === 'assignWasmExports',
  );
  if (!assign) throw new Error('PGlite: no list of exports found');
  const sequence = nodesOf(glue, (node) => node.type === 'SequenceExpression', assign)[0];
  const assigned = ((sequence?.expressions ?? []) as Node[]).flatMap(({ start, end }) => {
    const name = assignment.exec(glue.slice(start, end))?.[1];
    // The last one stays, so that there is always a comma behind.
    return name === undefined || glue[end] !== ',' ? [] : [{ start, end: end + 1, name }];
  });
  const names = new Set(assigned.map(({ name }) => `_${name}`));
  const declared = nodes
    .filter((node) => node.type === 'VariableDeclaration')
    .flatMap(({ declarations }) => (declarations as Node[]).slice(1))
    .filter((one) => one.init === null && names.has(nameOf(one.id)))
    .map(({ start, end, id }) => ({ start: start - 1, end, name: nameOf(id) }));
  const field = (name: string) =>
    nodes.filter((n) => n.type === 'Property' && nameOf(n.key) === name).map((n) => n.value as Node);
  const list = field('files').find(({ start, end }) => glue.slice(start, end).includes('filename:'));
  const size = field('remote_package_size')[0];
  if (assigned.length < 1000 || declared.length < 1000 || !list || !size) {
    throw new Error('PGlite: its glue is not as it was');
  }
  return { assigned, declared, list, sizeAt: size };
}

/** `_x=Module._x=e.x` and `_x=Module._x=e.x.value`; what is assigned in other ways stays. */
const assignment = /^_([\w$]+)=Module\._\1=\w+\.\1(?:\.value)?$/;

const nameOf = (node: unknown): string => String((node as Node | null)?.name ?? '');

/** All nodes of the code that pass, outer ones first. */
function nodesOf(code: string, test: (node: Node) => boolean, below?: Node): Node[] {
  const found: Node[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item);
    else if (typeof value === 'object' && value !== null) {
      const node = value as Node;
      if (typeof node.type === 'string' && test(node)) found.push(node);
      for (const item of Object.values(value)) if (typeof item === 'object') walk(item);
    }
  };
  if (below) walk(below);
  else {
    const { program, errors } = parseSync('pglite.js', code);
    if (errors.length > 0) throw new Error(`PGlite: ${errors[0]!.message}`);
    walk(program);
  }
  return found;
}

/** @param edits places that do not overlap */
function edited(code: string, edits: readonly Edit[]): string {
  let out = '';
  let at = 0;
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start)) {
    out += code.slice(at, start) + text;
    at = end;
  }
  return out + code.slice(at);
}
