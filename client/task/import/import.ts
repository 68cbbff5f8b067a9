// Imports a GitHub archive into a workspace through the store: ordinary local transactions, sent like any other.
// Whatever is there already stays as it is, so an import that was cut short is finished by doing it again.
import {
  type CommentRow,
  type GithubImportReport,
  type ProjectRow,
  planGithubImport,
  type TaskLabelRow,
  type TaskRow,
} from '../../../db/task/github';
import type { LabelRow } from '../../../db/task/github-labels';
import type { Store } from '../../sync/store';

export interface ImportProgress {
  /** Rows looked at and, where missing, written; of all rows that the file gives. */
  readonly done: number;
  readonly total: number;
}

export interface RowCounts {
  readonly labels: number;
  readonly tasks: number;
  readonly taskLabels: number;
  readonly comments: number;
}

export interface ImportReport extends GithubImportReport {
  readonly project: { readonly id: string; readonly key: string; readonly name: string };
  /** Rows written by this run. */
  readonly inserted: RowCounts;
  /** False when the signal ended it early; what was written stays. */
  readonly complete: boolean;
}

export interface ImportOptions {
  readonly workspaceId: string;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
}

/** Of one local transaction: small enough that typing meanwhile does not wait, and that one request holds several. */
const most = { rows: 150, bytes: 1_000_000 } as const;

/** Rows that are written together or not at all. */
interface Unit {
  readonly tasks: readonly TaskRow[];
  readonly taskLabels: readonly TaskLabelRow[];
  readonly comments: readonly CommentRow[];
}

/**
 * Imports the issues of a GitHub archive as a project of its own. A task that is there already keeps its fields and
 * its labels; comments of it that are missing are added.
 * @param text the archive's JSON
 * @throws GithubImportError before anything is written, when the file is broken; StoreError
 */
export async function importGithub(
  store: Store,
  text: string,
  options: ImportOptions,
): Promise<ImportReport> {
  const { workspaceId, onProgress, signal } = options;
  const plan = planGithubImport(text, await context(store, workspaceId));
  const total = plan.labels.length + plan.tasks.length + plan.taskLabels.length + plan.comments.length;
  const inserted = { labels: 0, tasks: 0, taskLabels: 0, comments: 0 };

  const project = await writeFrame(store, plan.project, plan.labels);
  inserted.labels = plan.labels.length;
  let done = plan.labels.length;
  onProgress?.({ done, total });

  const missing = {
    tasks: await missingIds(store, 'task', plan.tasks),
    comments: await missingIds(store, 'comment', plan.comments),
  };
  const units = unitsOf(
    plan.tasks.filter((t) => missing.tasks.has(t.id)),
    plan.taskLabels.filter((l) => missing.tasks.has(l.task_id)),
    plan.comments.filter((c) => missing.comments.has(c.id)),
  );
  done = total - units.reduce((sum, u) => sum + rowsOf(u), 0);
  onProgress?.({ done, total });
  for (const unit of units) {
    if (signal?.aborted) break;
    await writeUnit(store, unit);
    inserted.tasks += unit.tasks.length;
    inserted.taskLabels += unit.taskLabels.length;
    inserted.comments += unit.comments.length;
    done += rowsOf(unit);
    onProgress?.({ done, total });
  }
  return { ...plan.report, project, inserted, complete: done === total };
}

async function context(store: Store, workspaceId: string) {
  const { db } = store;
  const projects = db.selectFrom('project').select(['id', 'key', 'position']);
  const labels = db.selectFrom('label').select(['id', 'name']);
  const members = db.selectFrom('member').select(['id', 'name', 'email']);
  return {
    workspaceId,
    projects: await store.read(projects.where('workspace_id', '=', workspaceId)),
    labels: await store.read(labels.where('workspace_id', '=', workspaceId)),
    members: await store.read(members.where('workspace_id', '=', workspaceId)),
  };
}

/** The project, unless it is there, and the labels that the workspace does not have, in one transaction. */
async function writeFrame(store: Store, planned: ProjectRow, labels: readonly LabelRow[]) {
  const [known] = await store.read(
    store.db.selectFrom('project').select(['id', 'key', 'name']).where('id', '=', planned.id),
  );
  const statements = [
    ...(known ? [] : [store.db.insertInto('project').values(planned)]),
    ...(labels.length > 0 ? [store.db.insertInto('label').values(labels)] : []),
  ];
  if (statements.length > 0) await store.write(...statements);
  return known ?? { id: planned.id, key: planned.key, name: planned.name };
}

/** @returns the ids that are not in the table, in whatever project they may be. */
async function missingIds(
  store: Store,
  table: 'task' | 'comment',
  rows: readonly { readonly id: string }[],
): Promise<Set<string>> {
  const missing = new Set(rows.map((r) => r.id));
  const ids = [...missing];
  for (let i = 0; i < ids.length; i += 500) {
    const query = store.db
      .selectFrom(table)
      .select('id')
      .where('id', 'in', ids.slice(i, i + 500));
    for (const found of await store.read(query)) missing.delete(found.id);
  }
  return missing;
}

/** A task goes with its labels; comments may follow in the next transaction. */
function unitsOf(
  tasks: readonly TaskRow[],
  taskLabels: readonly TaskLabelRow[],
  comments: readonly CommentRow[],
): Unit[] {
  const labelsOf = byTask(taskLabels);
  const commentsOf = byTask(comments);
  const isNew = new Set(tasks.map((t) => t.id));
  const pieces: Unit[] = [
    ...tasks.flatMap((task): Unit[] => [
      { tasks: [task], taskLabels: labelsOf.get(task.id) ?? [], comments: [] },
      ...(commentsOf.get(task.id) ?? []).map((c) => ({ tasks: [], taskLabels: [], comments: [c] })),
    ]),
    ...comments
      .filter((c) => !isNew.has(c.task_id))
      .map((c) => ({ tasks: [], taskLabels: [], comments: [c] })),
  ];
  const units: Unit[] = [];
  let size = { rows: 0, bytes: 0 };
  for (const piece of pieces) {
    const bytes = JSON.stringify(piece).length;
    const last = units.at(-1);
    if (!last || size.rows + rowsOf(piece) > most.rows || size.bytes + bytes > most.bytes) {
      units.push(piece);
      size = { rows: rowsOf(piece), bytes };
    } else {
      units[units.length - 1] = {
        tasks: [...last.tasks, ...piece.tasks],
        taskLabels: [...last.taskLabels, ...piece.taskLabels],
        comments: [...last.comments, ...piece.comments],
      };
      size = { rows: size.rows + rowsOf(piece), bytes: size.bytes + bytes };
    }
  }
  return units;
}

function byTask<T extends { readonly task_id: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.task_id);
    if (group) group.push(row);
    else groups.set(row.task_id, [row]);
  }
  return groups;
}

async function writeUnit(store: Store, unit: Unit): Promise<void> {
  await store.write(
    ...(unit.tasks.length > 0 ? [store.db.insertInto('task').values(unit.tasks)] : []),
    ...(unit.taskLabels.length > 0 ? [store.db.insertInto('task_label').values(unit.taskLabels)] : []),
    ...(unit.comments.length > 0 ? [store.db.insertInto('comment').values(unit.comments)] : []),
  );
}

function rowsOf(unit: Unit): number {
  return unit.tasks.length + unit.taskLabels.length + unit.comments.length;
}
