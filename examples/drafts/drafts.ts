// The page of drafts. Everything on it is read from and written to this browser's own database.
import { sql } from 'kysely';
import { openStore } from '../../client/sync/open';
import { pending } from '../../client/sync/react/sql';
import { newId } from '../../db/sync/ids';
import type { Tables } from './schema';

const find = <E = HTMLElement>(css: string, root: ParentNode = document) => root.querySelector(css) as E;
const list = find('#list');
const { user = '', workspace: workspace_id = '' } = list.dataset;
const startWorker = () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const store = openStore<Tables>({ userId: user, startWorker });
const { db } = store;
/** Fields whose text is not in the database yet, with the timers that put it there. */
const typed = new Map<HTMLInputElement, number>();

const unsent = pending('draft', sql.ref('draft.id')).as('unsent');
const refusal = sql<string>`(select max(sentence) from sync.refused r where r.row_id = draft.id)`;
const drafts = db.selectFrom('draft').where('published_at', 'is', null).orderBy('id');
store.live(drafts.select(['id', 'title', 'body', unsent, refusal.as('refusal')]), (rows) => {
  for (const card of [...list.children]) if (!rows.some(({ id }) => id === card.id)) card.remove();
  for (const { id, unsent, refusal, ...texts } of rows) {
    const card = find(`[id="${id}"]`, list) ?? newCard(id);
    card.dataset.mark = refusal ?? (unsent ? 'On this device' : 'Sent');
    for (const [name, text] of Object.entries(texts)) {
      const field = find<HTMLInputElement>(`[name=${name}]`, card);
      // What others wrote comes in, but not over what is being typed.
      if (!typed.has(field) && field.value !== text) field.value = text;
    }
    say(card);
  }
});

function newCard(id: string): HTMLElement {
  list.prepend(find<HTMLTemplateElement>('template').content.cloneNode(true));
  const card = find('article', list);
  card.id = id;
  find<HTMLFormElement>('form', card).action = `/posts/${id}/publish`;
  return card;
}

function say(card: HTMLElement, problem?: string): void {
  const isSaved = ![...typed.keys()].some((field) => card.contains(field));
  find('.mark', card).textContent = problem ?? (isSaved ? card.dataset.mark! : 'Not saved yet');
}

list.oninput = ({ target }) => {
  const field = target as HTMLInputElement;
  const card = field.closest('article')!;
  clearTimeout(typed.get(field));
  // What is typed without a pause is one change.
  const timer = window.setTimeout(async () => {
    const text = { [field.name]: field.value };
    const change = db.updateTable('draft').set(text).where('id', '=', card.id);
    const problem = await store.write(change).catch(({ message }: Error) => message);
    const isStored = typeof problem !== 'string';
    if (isStored && typed.get(field) === timer) typed.delete(field);
    say(card, isStored ? undefined : problem);
  }, 300);
  typed.set(field, timer);
  say(card);
};
list.onsubmit = (event) => {
  const card = (event.target as Element).closest('article')!;
  const isOffline = store.status().network === 'offline';
  if (!isOffline && find('.mark', card).textContent === 'Sent') return;
  event.preventDefault();
  say(card, isOffline ? 'Publishing needs the server, which is out of reach.' : 'Not all of it is sent yet.');
};
list.onclick = ({ target }) => {
  const card = (target as Element).closest('.delete')?.parentElement;
  if (card) void store.write(db.deleteFrom('draft').where('id', '=', card.id));
};
find('#new').onclick = () => void store.write(db.insertInto('draft').values({ id: newId(), workspace_id }));

// Of two changes of one field the newer stays, and whoever wrote the other is told what it was.
const yours = sql<string>`coalesce(lost ->> 'body', lost #>> '{}')`.as('yours');
const notices = db.selectFrom('notice').where('resolved_at', 'is', null).select(['title', yours]);
store.live(notices, (rows) => {
  const lines = rows.map(({ title, yours }) => `Others changed “${title}”, too. Yours was: ${yours} (Seen)`);
  find('#lost').textContent = lines.join('\n');
});
const seen = () => db.updateTable('notice').set({ resolved_at: new Date().toISOString() });
find('#lost').onclick = () => void store.write(seen().where('resolved_at', 'is', null));
store.onStatus(() => {
  const { database, databaseError, session, network, heardAt, unsent } = store.status();
  const out = heardAt === null && navigator.onLine ? 'Connecting' : 'Offline';
  const where = session === 'expired' ? 'Signed out' : network === 'online' ? 'Online' : out;
  const sending = unsent === 0 ? 'everything is sent' : `${unsent} changes wait on this device`;
  find('#status').textContent = database === 'ready' ? `${where}, ${sending}` : (databaseError ?? 'Opening');
});
void navigator.serviceWorker?.register('/sw.js');
