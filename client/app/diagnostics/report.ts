// The report that a person copies to ask somebody for help: everything that the page of diagnostics shows, as Markdown.
// Nothing in it is what anybody wrote, and no name or address: workspaces have numbers.
import type { Facts } from './facts';
import {
  count,
  databaseWords,
  duration,
  keepingWords,
  keptIn,
  lag,
  mebibytes,
  stateWords,
  stepWords,
} from './words';

/** @param now ms since 1970. @returns Markdown */
export function reportOf(facts: Facts, now: number): string {
  return [
    `# Outpost diagnostics\n\n${new Date(now).toISOString()}`,
    list('This device', deviceLines(facts)),
    list('Sync', syncLines(facts, now)),
    tables(facts, now),
    list('This start', startLines(facts)),
    list('Last problems', problemLines(facts)),
  ].join('\n\n');
}

const list = (title: string, lines: readonly string[]) =>
  `## ${title}\n\n${lines.length > 0 ? lines.map((line) => `- ${line}`).join('\n') : 'None.'}`;

const moment = (at: number | null) => (at === null ? 'never' : new Date(at).toISOString());

function deviceLines({ status, database, storage, heap, browser }: Facts): string[] {
  const lines = [
    `Browser: ${browser}`,
    `Database: ${databaseWords[status.database]}`,
    `Kept in: ${keptIn(status.storage)}`,
    `Browser storage: ${mebibytes(storage.used)} of ${mebibytes(storage.granted)}`,
    `Protected from being removed: ${keepingWords(storage.isKept)}`,
    `Memory of this page: ${mebibytes(heap)}`,
  ];
  if (!database) return lines;
  const { engine, database: of } = database;
  return [
    ...lines,
    `Engine: PGlite ${engine.pglite}, Postgres ${engine.postgres}`,
    `Database size: ${mebibytes(of.size)}`,
    ...(of.disk ? [`File: ${mebibytes(of.disk.size)}, free in it ${mebibytes(of.disk.free)}`] : []),
    `Memory of Postgres: ${mebibytes(of.memory)}`,
    `Migration: ${of.migration}`,
  ];
}

function syncLines({ status, database }: Facts, now: number): string[] {
  const lines = [
    `Network: ${status.network}`,
    `Session: ${status.session}`,
    `Up to date: ${status.upToDate ? 'yes' : 'no'}`,
    `Server last heard: ${moment(status.heardAt)}`,
    `Problem: ${status.problem?.kind ?? 'none'}`,
    `Only on this device: ${count(status.onlyHere)}`,
  ];
  if (!database) return lines;
  const { waiting, sending, oldest, answered, refused, held, parked } = database.outbox;
  return [
    ...lines,
    `Changes that wait to be sent: ${count(waiting)}${sending ? ', being sent' : ''}`,
    `Waiting longest: ${oldest === null ? 'nothing' : duration(now - oldest)}`,
    `Answered, on their way back: ${count(answered)}`,
    `Refused: ${count(refused)}, held because of them: ${count(held)}`,
    `Rows that could not be applied: ${count(parked)}`,
  ];
}

function tables({ database }: Facts, now: number): string {
  if (!database) return '## Tables\n\nThe database is not open.';
  const workspaces = [...new Set(database.shapes.map(({ workspaceId }) => workspaceId))];
  const rows = database.shapes.map((shape) =>
    row([
      `${workspaces.indexOf(shape.workspaceId) + 1}`,
      shape.table,
      count(shape.rows),
      stateWords[shape.state],
      lag(shape, now),
    ]),
  );
  const all = database.tables.map(({ table, rows: n }) => row([table, count(n)]));
  return [
    '## Tables',
    ...['', row(['Table', 'Rows here']), row(['---', '---:']), ...all],
    ...[
      '',
      row(['Workspace', 'Table', 'Rows here', 'State', 'Lag']),
      row(['---:', '---', '---:', '---', '---']),
      ...rows,
    ],
  ].join('\n');
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function startLines({ start }: Facts): string[] {
  const began = start[0]?.at ?? 0;
  return start.map(({ step, at }) => `${duration(at - began)}: ${stepWords[step]}`);
}

function problemLines({ database }: Facts): string[] {
  return (database?.problems ?? []).map(({ at, kind, sentence }) => `${moment(at)} (${kind}): ${sentence}`);
}
