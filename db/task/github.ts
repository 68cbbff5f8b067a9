// GitHub issues to rows: turns an archive into a project with labels, tasks and comments, ready to insert.
// The ids come from the archive's own, so that importing it again, on any device, gives the same rows.
import { generateKeyBetween } from 'fractional-indexing';
import {
  atMostBytes,
  atMostCharacters,
  lowerEach,
  storableText,
  storableTime,
  type Tell,
  type TellAt,
} from '../kit/storable';
import { derivedId, taskLabelId } from '../sync/ids';
import { type GithubArchive, type GithubIssue, parseGithubArchive } from './github-archive';
import { type LabelRow, planLabels } from './github-labels';

export { GithubImportError } from './github-archive';

/** What the workspace has already, as far as it decides about the new rows. */
export interface GithubImportContext {
  readonly workspaceId: string;
  readonly projects: readonly { readonly id: string; readonly key: string; readonly position: string }[];
  readonly labels: readonly { readonly id: string; readonly name: string }[];
  readonly members: readonly { readonly id: string; readonly name: string; readonly email: string }[];
}

/** Something that is not in the rows exactly as it was in the file. */
export interface ImportNote {
  /** Path in the file: issues[12].title */
  readonly place: string;
  readonly sentence: string;
}

export interface GithubImportReport {
  readonly repository: string;
  /** What the file has. */
  readonly issues: number;
  readonly comments: number;
  readonly labels: number;
  /** Pull requests are not imported. */
  readonly pullsLeftOut: number;
  readonly notes: readonly ImportNote[];
}

interface Scoped {
  readonly id: string;
  readonly workspace_id: string;
}
export interface ProjectRow extends Scoped {
  readonly key: string;
  readonly name: string;
  readonly position: string;
}
export interface TaskRow extends Scoped {
  readonly project_id: string;
  readonly title: string;
  readonly description: string;
  readonly status: 'todo' | 'done' | 'cancelled';
  readonly assignee_id: string | null;
  readonly position: string;
  readonly author: string;
  /** Where it comes from: says, too, that it was imported. */
  readonly source: string;
  readonly created_at: string;
}
export interface TaskLabelRow extends Scoped {
  readonly task_id: string;
  readonly label_id: string;
}
export interface CommentRow extends Scoped {
  readonly task_id: string;
  readonly body: string;
  readonly author: string;
  readonly created_at: string;
}

/** Rows in the order in which they can be inserted. Labels that the workspace has already are not among them. */
export interface GithubImportPlan {
  readonly project: ProjectRow;
  readonly labels: readonly LabelRow[];
  readonly tasks: readonly TaskRow[];
  readonly taskLabels: readonly TaskLabelRow[];
  readonly comments: readonly CommentRow[];
  readonly report: GithubImportReport;
}

/** The constraints of migrations/0003_task.sql. */
const most = {
  projectName: 120,
  labelName: 60,
  title: 500,
  author: 200,
  source: 500,
  bytes: 400_000,
} as const;

/**
 * Plans the import of an archive. The database accepts every row of the plan, whatever texts the archive holds.
 * @param file the archive's JSON
 * @throws GithubImportError, and nothing else
 */
export function planGithubImport(file: string, context: GithubImportContext): GithubImportPlan {
  const archive = parseGithubArchive(file);
  const notes: ImportNote[] = [];
  const tellAt: TellAt = (place) => (sentence) => void notes.push({ place, sentence });
  const idOf = (...parts: (string | number)[]) =>
    derivedId(JSON.stringify(['github', context.workspaceId, archive.repo, ...parts]));

  const project = planProject(archive, context, idOf('project'), tellAt('repo'));
  const labels = planLabels(archive, context, (name) => idOf('label', name), tellAt);
  const tasks: TaskRow[] = [];
  const taskLabels = new Map<string, TaskLabelRow>();
  const comments: CommentRow[] = [];
  const seen = new Set<string>();
  let position: string | null = null;

  const inOrder = archive.issues
    .map((issue, index) => ({ issue, place: `issues[${index}]` }))
    .sort((a, b) => a.issue.number - b.issue.number);
  for (const { issue, place } of inOrder) {
    if (seen.has(issue.id)) {
      tellAt(place)('has the id of an issue before it; it was left out');
      continue;
    }
    seen.add(issue.id);
    position = generateKeyBetween(position, null);
    const scoped = { id: idOf('issue', issue.id), workspace_id: context.workspaceId };
    tasks.push({
      ...scoped,
      project_id: project.id,
      position,
      ...taskFields(issue, archive.repo, context, place, tellAt),
    });
    issue.labels.forEach((name, i) => {
      const label_id = labels.find(name, `${place}.labels[${i}]`);
      if (label_id === null) return;
      const id = taskLabelId(scoped.id, label_id);
      taskLabels.set(id, { id, workspace_id: context.workspaceId, task_id: scoped.id, label_id });
    });
    comments.push(...planComments(issue, scoped, place, idOf, tellAt));
  }
  return {
    project,
    labels: labels.made,
    tasks,
    taskLabels: [...taskLabels.values()],
    comments,
    report: {
      repository: archive.repo,
      issues: archive.issues.length,
      comments: archive.issues.reduce((sum, i) => sum + i.comments.length, 0),
      labels: archive.labels.length,
      pullsLeftOut: archive.pulls.length,
      notes,
    },
  };
}

function planProject(
  archive: GithubArchive,
  context: GithubImportContext,
  id: string,
  tell: Tell,
): ProjectRow {
  const name = atMostCharacters(storableText(archive.repo, tell), most.projectName, tell);
  const last =
    context.projects
      .map((p) => p.position)
      .sort()
      .at(-1) ?? null;
  return {
    id,
    workspace_id: context.workspaceId,
    key: freeKey(archive.repo, new Set(context.projects.filter((p) => p.id !== id).map((p) => p.key))),
    name: name.trim() === '' ? 'GitHub' : name,
    position: positionAfter(last),
  };
}

/** The initials of a repository's name, or its first letters, with a number when another project has that key. */
function freeKey(repository: string, taken: ReadonlySet<string>): string {
  const words = (repository.split('/').at(-1) ?? '').toUpperCase().match(/[A-Z0-9]+/g) ?? [];
  const initials = words.length > 1 ? words.map((w) => w[0]).join('') : (words[0] ?? '');
  const key = initials.replace(/^[0-9]+/, '').slice(0, 8) || 'GH';
  for (let n = 1; ; n++) {
    const suffix = n === 1 ? '' : String(n);
    const candidate = key.slice(0, 8 - suffix.length) + suffix;
    if (!taken.has(candidate)) return candidate;
  }
}

/** Positions of the workspace may come from other programs; one of ours may not be computable after them. */
function positionAfter(last: string | null): string {
  try {
    return generateKeyBetween(last, null);
  } catch {
    return `${(last ?? '').slice(0, 199)}z`;
  }
}

function taskFields(
  issue: GithubIssue,
  repository: string,
  context: GithubImportContext,
  place: string,
  tellAt: TellAt,
) {
  const title = atMostCharacters(
    storableText(issue.title, tellAt(`${place}.title`)),
    most.title,
    tellAt(`${place}.title`),
  );
  if (title.trim() === '') tellAt(`${place}.title`)('was empty');
  const assignees = findAssignees(issue.assignees, context);
  const body = storableText(issue.body, tellAt(`${place}.body`));
  const others = assignees.others.length > 0 ? `Assigned on GitHub: ${assignees.others.join(', ')}` : '';
  const description = storableText([body, others].filter((t) => t !== '').join('\n\n'), () => {});
  const web = /^https?:\/\//.test(issue.url) && issue.url.length <= most.source;
  if (!web && issue.url !== '') tellAt(`${place}.url`)('is not a web address of at most 500 characters');
  return {
    title: title.trim() === '' ? `Issue ${issue.number}` : title,
    description: atMostBytes(description, most.bytes, tellAt(`${place}.body`)),
    status: statusOf(issue),
    assignee_id: assignees.member,
    author: authorOf(issue.author, tellAt(`${place}.author`)),
    source: web
      ? storableText(issue.url, tellAt(`${place}.url`))
      : atMostCharacters(
          storableText(`GitHub ${repository} ${issue.number}`, () => {}),
          most.source,
          () => {},
        ),
    created_at: storableTime(issue.createdAt),
  };
}

function statusOf(issue: GithubIssue): TaskRow['status'] {
  if (issue.state === 'OPEN') return 'todo';
  return /^(not_planned|duplicate)$/i.test(issue.stateReason) ? 'cancelled' : 'done';
}

/**
 * A GitHub login is one member's when it is that member's name or the part of the e-mail address before the @.
 * The first such member gets the task; everybody else is named in the description.
 */
function findAssignees(logins: readonly string[], context: GithubImportContext) {
  let member: string | null = null;
  const others: string[] = [];
  for (const login of logins) {
    const lower = lowerEach(login);
    const matches = context.members.filter(
      (m) => lowerEach(m.name) === lower || lowerEach(m.email.split('@')[0] ?? '') === lower,
    );
    if (member === null && matches.length === 1 && matches[0]) member = matches[0].id;
    else others.push(login);
  }
  return { member, others };
}

function planComments(
  issue: GithubIssue,
  task: Scoped,
  place: string,
  idOf: (...parts: (string | number)[]) => string,
  tellAt: TellAt,
): CommentRow[] {
  // Comments have no id in the archive: time and author tell them apart, and a number where those are equal.
  const times = new Map<string, number>();
  return issue.comments.flatMap((comment, i) => {
    const at = `${place}.comments[${i}]`;
    const key = JSON.stringify([comment.createdAt, comment.author]);
    const nth = times.get(key) ?? 0;
    times.set(key, nth + 1);
    const body = storableText(comment.body, tellAt(`${at}.body`));
    if (body === '') {
      tellAt(`${at}.body`)('was empty; the comment was left out');
      return [];
    }
    return [
      {
        id: idOf('comment', issue.id, comment.createdAt, comment.author, nth),
        workspace_id: task.workspace_id,
        task_id: task.id,
        body: atMostBytes(body, most.bytes, tellAt(`${at}.body`)),
        author: authorOf(comment.author, tellAt(`${at}.author`)),
        created_at: storableTime(comment.createdAt),
      },
    ];
  });
}

function authorOf(author: string, tell: Tell): string {
  return atMostCharacters(storableText(author, tell), most.author, tell);
}
