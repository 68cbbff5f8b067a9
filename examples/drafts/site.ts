// The site itself: who may come in, pages made by the server, and plain forms. Only /drafts has a script.
import { type Context, Hono } from 'hono';
import { deleteCookie, setSignedCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { html } from 'hono/html';
import { parseSigned } from 'hono/utils/cookie';
import type { Pool } from 'pg';
import { ApiFailure } from '../../api/sync/errors';
import type { Sync, SyncOptions } from '../../api/sync/mount';

// For a demonstration only: a site has neither passwords nor the secret of its cookies in its source.
export const passwords = new Map(Object.entries({ ada: 'ada writes', ben: 'ben writes' }));
const secret = process.env.SECRET ?? 'everybody can read this';

/** Whose request it is: two built-in editors, by a signed cookie. */
export const sessions: SyncOptions['sessions'] = {
  async session(request) {
    const { site: id } = await parseSigned(request.headers.get('cookie') ?? '', secret, 'site');
    if (!id || !passwords.has(id)) throw new ApiFailure('signed-out', 'Sign in again.');
    return { person: { id, name: id, email: `${id}@blog.example` }, sessionId: id, cookies: [] };
  },
  // A site that keeps a list of its sessions says here which of them are over.
  endedAmong: async () => new Set(),
};

export const workspaceId = '0b109000-0000-4000-8000-000000000000';
const posts = 'select id, title, body from draft where published_at is not null order by published_at desc';
/** What the buttons of a post do: plain SQL, of which devices hear as of any other change. */
const actions = new Map([
  ['publish', 'update draft set published_at = now() where id = $1 and published_at is null'],
  ['unpublish', 'update draft set published_at = null where id = $1'],
  ['delete', 'delete from draft where id = $1'],
]);
const page = (c: Context, content: unknown) =>
  c.html(html`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A blog</title><style>
    :root { color-scheme: light dark } pre { white-space: pre-wrap }
    body { max-width: 40em; margin: 2em auto; padding: 0 1em; font-family: system-ui }
    form { display: inline } input, textarea { display: block; width: 100% } #lost:empty { display: none }</style>
    <nav><a href="/">Posts</a> <a href="/drafts">Drafts</a></nav><main>${content}</main></html>`);
const button = (action: string, label: string) =>
  html`<form method="post" action="${action}"><button>${label}</button></form>`;
const login = html`<h1>Sign in</h1><form method="post"><label>Name <input name="name"></label>
  <label>Password <input name="password" type="password"></label><button>Sign in</button></form>`;
const drafts = (user: string, script: string) => html`
  <h1>Drafts of ${user}</h1><p id="status" role="status"></p>
  <button id="new">New draft</button> ${button('/logout', 'Sign out')} <button id="lost"></button>
  <div id="list" data-user="${user}" data-workspace="${workspaceId}"></div><template><article>
    <input name="title" aria-label="Title" maxlength="200"><textarea name="body" aria-label="Text" rows="8"></textarea>
    <p class="mark"></p>${button('', 'Publish')} <button class="delete">Delete</button></article></template>
  <script type="module" src="${script}"></script>`;

/** @param files for browsers, by path; the first is the script of /drafts */
export function siteOf(pool: Pool, sync: Sync, files: ReadonlyMap<string, Blob>): Hono {
  const site = new Hono();
  const editor = (c: Context) => sync.person(c.req.raw).catch(() => null);
  site.use(csrf()).route('/', sync.routes);
  site.get('/api/health', (c) => c.text('ok'));
  site.get('/', async (c) => {
    const [{ rows }, isEditor] = [await pool.query(posts), await editor(c)];
    const of = ({ id, title, body }: Record<string, string>) => html`<h2>${title}</h2><pre>${body}</pre>
      ${isEditor && [button(`/posts/${id}/unpublish`, 'Unpublish'), button(`/posts/${id}/delete`, 'Delete')]}`;
    return page(c, html`<h1>Posts</h1>${rows.map((row) => html`<article>${of(row)}</article>`)}`);
  });
  site.post('/posts/:id{[0-9a-f-]{36}}/:action', async (c) => {
    const { id, action } = c.req.param();
    if (!(await editor(c))) return c.redirect('/login', 303);
    if (actions.has(action)) await pool.query(actions.get(action)!, [id]);
    return c.redirect('/', 303);
  });
  site.get('/login', (c) => page(c, login));
  site.post('/login', async (c) => {
    const { name, password } = (await c.req.parseBody()) as Record<string, string>;
    if (!name || passwords.get(name) !== password) return c.redirect('/login', 303);
    await setSignedCookie(c, 'site', name, secret, { httpOnly: true, sameSite: 'Lax', maxAge: 30 * 86_400 });
    return c.redirect('/drafts', 303);
  });
  site.post('/logout', (c) => {
    deleteCookie(c, 'site');
    return c.redirect('/', 303);
  });
  site.get('/drafts', async (c) => {
    const person = await editor(c);
    return person ? page(c, drafts(person.id, [...files.keys()][0]!)) : c.redirect('/login', 303);
  });
  for (const [path, file] of files)
    site.get(path, () => new Response(file, { headers: { 'content-type': file.type } }));
  return site;
}
