// The parameters of a shape request, read and checked as Electric does: same names, same messages, same order of
// checks. What needs the database is checked in definition.ts.

import type { Replica } from './change-json';
import { quoteName } from './connection';
import { type FieldErrors, ShapeError } from './errors';
import { parseColumns } from './identifiers';
import { beforeAll, type Position, parsePosition } from './position';

export interface SubsetParams {
  readonly where: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly orderBy: string | undefined;
  readonly limit: number | undefined;
  readonly offset: number | undefined;
}

/** The part that says which shape is meant. */
export interface ShapeParams {
  readonly table: string;
  readonly where: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly columns: readonly string[] | undefined;
  /** What clauses may name and a list of columns may contain; everything when it is not given. */
  readonly queryableColumns: readonly string[] | undefined;
  readonly replica: Replica;
  readonly log: 'full' | 'changes_only';
}

export interface ShapeRequest {
  readonly shape: ShapeParams;
  readonly offset: Position | 'now';
  /** As the client wrote it. */
  readonly offsetText: string;
  readonly handle: string | undefined;
  readonly live: boolean;
  readonly sse: boolean;
  readonly cursor: string | undefined;
  readonly subset: SubsetParams | undefined;
}

/** Every parameter by name, `params[n]` under `params`, and those of a subset under their short names. */
export interface RawParams {
  readonly values: ReadonlyMap<string, string>;
  readonly params: Readonly<Record<string, string>>;
  readonly subset: Readonly<Record<string, unknown>> | undefined;
}

const subsetKeys = ['where', 'order_by', 'limit', 'offset', 'params', 'where_expr', 'order_by_expr'];

/**
 * Puts query and body together; the body wins.
 * @param body the parsed JSON object of a POST, or undefined
 */
export function collectParams(query: URLSearchParams, body?: Readonly<Record<string, unknown>>): RawParams {
  const values = new Map<string, string>();
  const params: Record<string, string> = {};
  let subset: Record<string, unknown> | undefined;
  for (const [name, value] of query) {
    const indexed = /^params\[(.*)\]$/.exec(name);
    const nested = /^subset__([a-z_]+)(?:\[(.*)\])?$/.exec(name);
    if (indexed) params[indexed[1]!] = value;
    else if (nested) {
      subset ??= {};
      if (nested[2] === undefined) subset[nested[1]!] = value;
      else subset[nested[1]!] = { ...(subset[nested[1]!] as object | undefined), [nested[2]]: value };
    } else values.set(name, value);
  }
  if (!body) return { values, params, subset };
  const own = body.subset;
  const nested = typeof own === 'object' && own !== null ? own : undefined;
  for (const [name, value] of Object.entries(body)) {
    if (name === 'subset') continue;
    if (!nested && subsetKeys.includes(name)) subset = { ...subset, [name]: value };
    else if (name === 'params' && typeof value === 'object') Object.assign(params, value);
    else if (Array.isArray(value)) values.set(name, value.map((each) => quoteName(String(each))).join(','));
    else if (value !== null && value !== undefined) values.set(name, String(value));
  }
  if (nested) subset = { ...subset, ...nested };
  return { values, params, subset };
}

/**
 * Everything that a request for data may say.
 * @throws ShapeError `invalid`
 */
export function parseRequest(raw: RawParams): ShapeRequest {
  const flag = (name: string) => raw.values.has(name) && raw.values.get(name) !== 'false';
  const errors: Record<string, string[]> = {};
  const shape = readShapeParams(raw, errors);
  const offsetText = raw.values.get('offset') || undefined;
  if (offsetText === undefined) errors.offset = ["can't be blank"];
  refuse(errors);
  const offset = readOffset(offsetText!);
  const fromStart = offset === 'now' || offset === beforeAll;
  const handle = fromStart ? undefined : raw.values.get('handle') || undefined;
  if (!fromStart && handle === undefined) refuse({ handle: ["can't be blank when offset != -1"] });
  const live = flag('live');
  if (live && offset === 'now') refuse({ live: ["can't be true when offset is 'now'"] });
  if (live && fromStart) refuse({ live: ["can't be true when offset == -1"] });
  const sse = raw.values.has('live_sse') ? flag('live_sse') : flag('experimental_live_sse');
  if (sse && !live) refuse({ live_sse: ["can't be true unless live is also true"] });
  requireTable(shape);
  return {
    shape,
    offset,
    offsetText: offsetText!,
    handle,
    live,
    sse,
    cursor: raw.values.get('cursor'),
    subset: raw.subset && readSubset(raw.subset),
  };
}

/**
 * The shape's definition alone.
 * @throws ShapeError `invalid`
 */
export function parseShapeParams(raw: RawParams): ShapeParams {
  const errors: Record<string, string[]> = {};
  const shape = readShapeParams(raw, errors);
  refuse(errors);
  requireTable(shape);
  return shape;
}

function readShapeParams(raw: RawParams, errors: Record<string, string[]>): ShapeParams {
  const text = (name: string) => raw.values.get(name) || undefined;
  const columns = readColumns('columns', text('columns'), errors);
  const queryableColumns = readColumns('queryable_columns', text('queryable_columns'), errors);
  const replica = readChoice('replica', text('replica'), ['default', 'full'] as const, errors) ?? 'default';
  const log = readChoice('log', text('log'), ['full', 'changes_only'] as const, errors) ?? 'full';
  const { params } = raw;
  return {
    table: text('table') ?? '',
    where: text('where'),
    params,
    columns,
    queryableColumns,
    replica,
    log,
  };
}

function requireTable(shape: ShapeParams): void {
  if (shape.table === '') refuse({ table: ["can't be blank"] });
}

function refuse(errors: FieldErrors): void {
  if (Object.keys(errors).length > 0) throw new ShapeError('invalid', 'Invalid request', errors);
}

function readOffset(text: string): Position | 'now' {
  if (text === 'now') return 'now';
  const position = parsePosition(text);
  if (!position) throw new ShapeError('invalid', 'Invalid request', { offset: ['has invalid format'] });
  return position;
}

function readColumns(
  name: string,
  text: string | undefined,
  errors: Record<string, string[]>,
): string[] | undefined {
  if (text === undefined) return undefined;
  try {
    return parseColumns(text);
  } catch (error) {
    errors[name] = [(error as Error).message];
    return undefined;
  }
}

function readChoice<T extends string>(
  name: string,
  text: string | undefined,
  choices: readonly T[],
  errors: Record<string, string[]>,
): T | undefined {
  if (text === undefined) return undefined;
  const found = choices.find((choice) => choice === text);
  if (!found) errors[name] = ['is invalid'];
  return found;
}

function readSubset(raw: Readonly<Record<string, unknown>>): SubsetParams {
  const errors: Record<string, string[]> = {};
  const text = (name: string) => {
    const value = raw[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    errors[name] = ['is invalid'];
    return undefined;
  };
  const integer = (name: string, least: number, complaint: string) => {
    const value = raw[name];
    if (value === undefined || value === null || value === '') return undefined;
    const number =
      typeof value === 'number' ? value : /^[+-]?\d+$/.test(String(value)) ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(number)) errors[name] = ['is invalid'];
    else if (number < least) errors[name] = [complaint];
    return number;
  };
  const limit = integer('limit', 1, 'must be greater than 0');
  const offset = integer('offset', 0, 'must be greater than or equal to 0');
  const orderBy = text('order_by');
  const where = text('where');
  const params = readSubsetParams(raw.params, errors);
  if ((limit !== undefined || offset !== undefined) && orderBy === undefined && !errors.order_by) {
    errors.order_by = ['order_by is required when limit or offset is present'];
  }
  if (Object.keys(errors).length > 0) refuse({ subset: errors });
  return { where, params, orderBy, limit, offset };
}

function readSubsetParams(raw: unknown, errors: Record<string, string[]>): Record<string, string> {
  let value = raw;
  if (value === undefined || value === null || value === '') return {};
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value);
    } catch {
      errors.params = ['params must be valid JSON'];
      return {};
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    errors.params = ['params must be a JSON object'];
    return {};
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, String(each)]));
}
