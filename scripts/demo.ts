// The demonstration workspace: a small field station, two people, what they have to do. Seeded once.
import { generateNKeysBetween } from 'fractional-indexing';
import type { Pool, PoolClient } from 'pg';
import type { Auth } from '../api/account/auth';
import { addMember, createWorkspace } from '../api/account/workspaces';
import type { DemoAccount, Demonstration } from '../api/host/host';
import type { Person } from '../api/sync/sessions';
import { inTransaction } from '../api/sync/transaction';
import { newId, taskLabelId } from '../db/sync/ids';
import { seedBookings } from './demo-bookings';
import { type DemoTask, labels, projects } from './demo-content';
import { seedPages } from './demo-pages';
import { seedStock } from './demo-stock';

/** Their passwords are no secret: they are made, and let in, only where this machine alone reaches the server. */
export const demoAccounts: readonly DemoAccount[] = [
  { name: 'Ada Lindqvist', email: 'ada@outpost.demo', password: 'ada-at-the-station' },
  { name: 'Ben Okafor', email: 'ben@outpost.demo', password: 'ben-at-the-station' },
];

/** What `npm start` gives to the host. */
export const demonstration: Demonstration = { accounts: demoAccounts, seed };

/** Makes what is missing and changes nothing that is there; a deleted demonstration stays deleted. */
async function seed(auth: Auth, pool: Pool): Promise<void> {
  const [ada, ben] = await Promise.all(demoAccounts.map((account) => ensurePerson(auth, pool, account)));
  await inTransaction(pool, async (client) => {
    await client.query("select pg_advisory_xact_lock(hashtext('outpost demo'))");
    const seeded = await client.query(
      `select 1 from sync.register where "table" = 'member' and workspace_id in
         (select workspace_id from member where user_id = any ($1)) limit 1`,
      [[ada!.id, ben!.id]],
    );
    if (seeded.rowCount === 0) await fill(client, ada!, ben!);
  });
}

async function ensurePerson(auth: Auth, pool: Pool, account: DemoAccount): Promise<Person> {
  const found = await pool.query<Person>('select id, name, email from auth."user" where email = $1', [
    account.email,
  ]);
  return found.rows[0] ?? (await auth.signUp(account));
}

async function fill(client: PoolClient, ada: Person, ben: Person): Promise<void> {
  const { workspaceId, memberId: adaId } = await createWorkspace(client, ada, 'Demo');
  const benId = await addMember(client, ben, workspaceId, 'member');
  const people = { ada: { id: adaId, ...named(ada) }, ben: { id: benId, ...named(ben) } };
  await seedStock(client, workspaceId, [ada, ben]);
  await seedPages(client, workspaceId, adaId);
  await seedBookings(client, workspaceId, {
    ada: { userId: ada.id, memberId: adaId, name: ada.name },
    ben: { userId: ben.id, memberId: benId, name: ben.name },
  });
  const labelIds = new Map<string, string>();
  for (const { name, color } of labels) {
    const id = newId();
    labelIds.set(name, id);
    await client.query('insert into label (id, workspace_id, name, color) values ($1, $2, $3, $4)', [
      id,
      workspaceId,
      name,
      color,
    ]);
  }
  const projectKeys = generateNKeysBetween(null, null, projects.length);
  for (const [i, project] of projects.entries()) {
    const projectId = newId();
    await client.query(
      'insert into project (id, workspace_id, key, name, position) values ($1, $2, $3, $4, $5)',
      [projectId, workspaceId, project.key, project.name, projectKeys[i]],
    );
    const positions = generateNKeysBetween(null, null, project.tasks.length);
    for (const [at, task] of project.tasks.entries()) {
      await addTask(client, { workspaceId, projectId, position: positions[at]!, people, labelIds }, task);
    }
  }
}

interface Place {
  readonly workspaceId: string;
  readonly projectId: string;
  readonly position: string;
  readonly people: Record<'ada' | 'ben', { id: string; person: string }>;
  readonly labelIds: ReadonlyMap<string, string>;
}

async function addTask(client: PoolClient, place: Place, task: DemoTask): Promise<void> {
  const id = newId();
  const author = place.people[task.by];
  const day = (offset: number) => `now() + interval '${offset} days'`;
  await client.query(
    `insert into task (id, workspace_id, project_id, title, description, status, priority, assignee_id, due_on,
                       position, author_id, author, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, ${task.due === undefined ? 'null' : `(${day(task.due)})::date`},
               $9, $10, $11, ${day(-task.age)})`,
    [
      id,
      place.workspaceId,
      place.projectId,
      task.title,
      task.description ?? '',
      task.status,
      task.priority ?? 0,
      task.for ? place.people[task.for].id : null,
      place.position,
      author.id,
      author.person,
    ],
  );
  for (const label of task.labels ?? []) {
    const labelId = place.labelIds.get(label)!;
    await client.query(
      'insert into task_label (id, workspace_id, task_id, label_id) values ($1, $2, $3, $4)',
      [taskLabelId(id, labelId), place.workspaceId, id, labelId],
    );
  }
  for (const [i, comment] of (task.comments ?? []).entries()) {
    const by = place.people[comment.by];
    await client.query(
      `insert into comment (id, workspace_id, task_id, body, author_id, author, created_at)
         values ($1, $2, $3, $4, $5, $6, ${day(-task.age / (i + 2))})`,
      [newId(), place.workspaceId, id, comment.body, by.id, by.person],
    );
  }
}

function named(person: Person): { person: string } {
  return { person: person.name };
}
