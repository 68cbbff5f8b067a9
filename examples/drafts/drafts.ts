// The page of drafts. Everything on it is read from and written to this browser's own database.
import { sql } from 'kysely';
import { openStore } from '../../client/sync/open';
import { pending } from '../../client/sync/react/sql';
import { newId } from '../../db/sync/ids';
import type { Tables } from './schema';

type Row = Record<'id' | 'title' | 'body', string> & { unsent: boolean; refused: string | null };
const find = <E extends Element = HTMLInputElement>(selector: string, within: ParentNode = document) =>
  within.querySelector<E>(selector)!;
const list = find<HTMLElement>('#list');
const store = openStore<Tables>({
  userId: list.dataset.user!,
  startWorker: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
});
const { db } = store;
const draft = (id: string) => db.updateTable('draft').where('id', '=', id);
/** Fields whose text is not in the database yet, with the timers that put it there. */
const typed = new Map<HTMLInputElement, number>();

const refused = sql<string | null>`(select max(sentence) from sync.refused r where r.row_id = draft.id)`;
const drafts = db
  .selectFrom('draft')
  .where('published_at', 'is', null)
  .select(['id', 'title', 'body', pending('draft', sql.ref('draft.id')).as('unsent'), refused.as('refused')])
  .orderBy('created_at');
store.live<Row>(drafts, (rows) => {
  for (const card of [...list.children]) if (!rows.some(({ id }) => id === card.id)) card.remove();
  for (const row of rows) show(row, find<HTMLElement>(`[id="${row.id}"]`, list) ?? newCard(row.id));
});

function newCard(id: string): HTMLElement {
  const card = find<HTMLTemplateElement>('template').content.firstElementChild!.cloneNode(
    true,
  ) as HTMLElement;
  card.id = id;
  find<HTMLFormElement>('form', card).action = `/posts/${id}/publish`;
  list.prepend(card);
  return card;
}

function show(row: Row, card: HTMLElement): void {
  card.dataset.mark = row.refused ?? (row.unsent ? 'On this device' : 'Sent');
  for (const name of ['title', 'body'] as const) {
    const field = find(`[name=${name}]`, card);
    // What others wrote comes in, but not over what is being typed.
    if (!typed.has(field) && field.value !== row[name]) field.value = row[name];
  }
  say(card);
}

function say(card: HTMLElement, problem?: string | null): void {
  const isSaved = ![...typed.keys()].some((field) => card.contains(field));
  find('.mark', card).textContent = problem ?? (isSaved ? card.dataset.mark! : 'Not saved yet');
}

list.oninput = ({ target }) => {
  const field = target as HTMLInputElement;
  const card = field.closest('article')!;
  clearTimeout(typed.get(field));
  // What is typed without a pause is one change.
  const timer = window.setTimeout(async () => {
    const change = draft(card.id).set({ [field.name]: field.value });
    const problem = await store.write(change).then(
      () => null,
      ({ message }: Error) => message,
    );
    if (!problem && typed.get(field) === timer) typed.delete(field);
    say(card, problem);
  }, 300);
  typed.set(field, timer);
  say(card);
};
list.onsubmit = (event) => {
  const card = (event.target as Element).closest('article')!;
  const isOffline = store.status().network === 'offline';
  if (!isOffline && find('.mark', card).textContent === 'Sent') return;
  event.preventDefault();
  say(
    card,
    isOffline ? 'Publishing needs the server, which cannot be reached now.' : 'Not all of it is sent yet.',
  );
};
list.onclick = ({ target }) => {
  const button = (target as Element).closest('.delete');
  if (button) void store.write(db.deleteFrom('draft').where('id', '=', button.parentElement!.id));
};
find('#new').onclick = () =>
  void store.write(db.insertInto('draft').values({ id: newId(), workspace_id: list.dataset.workspace! }));

// Of two changes of one field the newer stays; whoever wrote the other is told what it was.
const yours = sql<string>`coalesce(lost ->> 'body', lost #>> '{}')`.as('yours');
const notices = db.selectFrom('notice').where('resolved_at', 'is', null).select(['id', 'title', yours]);
store.live(notices, (rows: { id: string; title: string; yours: string }[]) => {
  const line = document.createElement('li');
  for (const { title, yours } of rows)
    line.append(`Somebody changed “${title}” as well. Yours was: ${yours} `);
  find('#lost').replaceChildren(line);
});

store.onStatus(() => {
  const { database, databaseError, session, network, unsent } = store.status();
  const where = session === 'expired' ? 'Signed out' : network === 'online' ? 'Online' : 'Offline';
  const sending = unsent === 0 ? 'everything is sent' : `${unsent} changes wait on this device`;
  find('#status').textContent = database === 'ready' ? `${where}, ${sending}` : (databaseError ?? 'Opening');
});
void navigator.serviceWorker?.register('/sw.js');
