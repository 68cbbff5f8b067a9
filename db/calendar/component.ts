// The text of a calendar file as components and properties (RFC 5545), each with its line. A broken line costs itself
// only; what is around it is still read.
import { readText, TextEncodingError } from '../kit/text-encoding';
import { CalendarError } from './problem';

export interface Property {
  /** In capitals. */
  readonly name: string;
  /** By name in capitals, without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
  /** As it stands in the file, unfolded. */
  readonly value: string;
  /** Of the file, from 1. */
  readonly line: number;
}

export interface BadLine {
  readonly line: number;
  /** What it seems to be about, in capitals; '' when it says nothing. */
  readonly name: string;
  /** Its text is encoded in a way that cannot be read. */
  readonly encoded: boolean;
  /** The property before it, of which it may be a part that was torn off; '' for none. */
  readonly after: string;
}

export class Component {
  readonly properties: Property[] = [];
  readonly children: Component[] = [];
  readonly bad: BadLine[] = [];
  /** It has an END of its own. */
  closed = false;

  constructor(
    /** In capitals. */
    readonly name: string,
    readonly line: number,
  ) {}

  all(name: string): Property[] {
    return this.properties.filter((property) => property.name === name);
  }

  first(name: string): Property | undefined {
    return this.properties.find((property) => property.name === name);
  }

  has(name: string): boolean {
    return this.first(name) !== undefined;
  }

  childrenOf(name: string): Component[] {
    return this.children.filter((child) => child.name === name);
  }
}

export interface ParsedFile {
  readonly calendars: readonly Component[];
  /** The first line that belongs to no calendar, or null. */
  readonly stray: number | null;
}

/** Components within components; an alarm of an event is the third. */
const deepest = 30;

/** Which may not stand in one another: where one begins, one that is open has lost its end. */
const siblings = new Set(['VEVENT', 'VTODO', 'VJOURNAL', 'VFREEBUSY', 'VTIMEZONE']);

/** @throws CalendarError for a text that holds no calendar, or that stops in the middle of one */
export function parseComponents(text: string): ParsedFile {
  const calendars: Component[] = [];
  const open: Component[] = [];
  let stray: number | null = null;
  for (const { line, content } of logicalLines(text)) {
    const [, word, rawName] = /^(BEGIN|END):\s*([^\s:;]+)\s*$/i.exec(content) ?? [];
    const name = rawName?.toUpperCase();
    const top = open.at(-1);
    if (name !== undefined && word!.toUpperCase() === 'BEGIN') {
      const made = new Component(name, line);
      if (siblings.has(name)) leave(open, siblings);
      if (name === 'VCALENDAR') leave(open, new Set(['VCALENDAR']));
      if (name === 'VCALENDAR' && open.length === 0) calendars.push(made);
      else open.at(-1)?.children.push(made);
      if (open.push(made) > deepest) throw new CalendarError('nested', String(line));
    } else if (name !== undefined) {
      const at = open.findLastIndex((component) => component.name === name);
      if (at >= 0) open.splice(at)[0]!.closed = true;
      else if (top) addBad(top, { line, name: 'END', encoded: false });
      else stray ??= line;
    } else if (!top) stray ??= line;
    else addProperty(top, content, line);
  }
  if (calendars.length === 0) throw new CalendarError('no-calendar');
  const cut = calendars.find(({ closed }) => !closed);
  if (cut) throw new CalendarError('cut-off', String(open.at(-1)?.line ?? cut.line));
  return { calendars, stray };
}

function leave(open: Component[], names: ReadonlySet<string>): void {
  const at = open.findIndex((component) => names.has(component.name));
  if (at >= 0) open.length = at;
}

function addBad(component: Component, bad: Omit<BadLine, 'after'>): void {
  component.bad.push({ ...bad, after: component.properties.at(-1)?.name ?? '' });
}

function addProperty(component: Component, content: string, line: number): void {
  const property = propertyOf(content, line);
  if (property === 'encoded' || property === null) {
    const name = /^[\w./-]+(?=\s*[;:]|$)/.exec(content.trim())?.[0] ?? '';
    addBad(component, { line, name: name.toUpperCase(), encoded: property === 'encoded' });
  } else component.properties.push(property);
}

/** Lines as they are meant: what is folded is one; empty ones are none. */
function* logicalLines(text: string): Generator<{ line: number; content: string }> {
  let line = 0;
  let pending: { line: number; parts: string[]; last: string; soft: boolean } | null = null;
  for (const raw of text.split(/\r\n|\n|\r/)) {
    line++;
    if (pending && (raw.startsWith(' ') || raw.startsWith('\t'))) {
      pending.last = raw.slice(1);
      pending.parts.push(pending.last);
      continue;
    }
    // Quoted-printable, of calendars before this format, goes on behind an = at the end of a line.
    if (pending?.soft && pending.last.endsWith('=')) {
      pending.parts.push(`\r\n${raw}`);
      pending.last = raw;
      continue;
    }
    if (pending) yield { line: pending.line, content: pending.parts.join('') };
    const content = raw.replace(/^\ufeff/, '');
    const soft = /^[^:]{0,200};(ENCODING=)?"?QUOTED-PRINTABLE/i.test(content);
    pending = content.trim() === '' ? null : { line, parts: [content], last: content, soft };
  }
  if (pending) yield { line: pending.line, content: pending.parts.join('') };
}

const head = /([A-Za-z0-9][\w./-]*)\s*/y;
const parameter = /;\s*([\w./-]+)\s*(?:=\s*((?:"[^"]*"|[^";:,])*(?:,(?:"[^"]*"|[^";:,])*)*))?/y;

/** @returns null for a line that is none; 'encoded' for one whose text cannot be decoded */
function propertyOf(content: string, line: number): Property | 'encoded' | null {
  head.lastIndex = 0;
  const name = head.exec(content)?.[1]?.toUpperCase();
  if (name === undefined) return null;
  let at = head.lastIndex;
  const parameters = new Map<string, string>();
  while (content[at] === ';') {
    parameter.lastIndex = at;
    const found = parameter.exec(content);
    if (!found) return null;
    // Of calendars before this format: a value without a name.
    const [key, value] = found[2] === undefined ? ['ENCODING', found[1]!] : [found[1]!, found[2]];
    parameters.set(key.toUpperCase(), value.replaceAll('"', '').trim());
    at = parameter.lastIndex;
  }
  if (content[at] !== ':') return null;
  const value = decoded(content.slice(at + 1), parameters);
  return value === null ? 'encoded' : { name, parameters, value, line };
}

function decoded(value: string, parameters: ReadonlyMap<string, string>): string | null {
  const encoding = (parameters.get('ENCODING') ?? '').toUpperCase();
  if (encoding !== 'QUOTED-PRINTABLE') return value;
  const bytes: number[] = [];
  const plain = value.replace(/=\s*\r\n/g, '');
  for (let i = 0; i < plain.length; i++) {
    const code = plain.charCodeAt(i);
    const hex = code === 0x3d ? /^[0-9A-Fa-f]{2}/.exec(plain.slice(i + 1, i + 3))?.[0] : undefined;
    if (code > 0xff || (code === 0x3d && hex === undefined)) return null;
    bytes.push(hex === undefined ? code : Number.parseInt(hex, 16));
    if (hex !== undefined) i += 2;
  }
  try {
    const { text } = readText(Uint8Array.from(bytes), { declared: parameters.get('CHARSET') ?? null });
    return text.replace(/\r\n|\r|\n/g, '\\n');
  } catch (error) {
    if (error instanceof TextEncodingError) return null;
    throw error;
  }
}

/** The text of a value: its escapes read. */
export function textOf(value: string): string {
  return value.replace(/\\([\\;,nN])/g, (_, sign: string) => (/n/i.test(sign) ? '\n' : sign));
}
