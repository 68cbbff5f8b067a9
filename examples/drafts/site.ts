// The site itself: pages made by the server, and plain forms. Only /drafts has a script.
import { type Context, Hono } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { html } from 'hono/html';
import { getMimeType } from 'hono/utils/mime';
import type { Pool } from 'pg';
import type { Sync } from '../../api/sync/mount';
import { type sessionsIn, workspaceId } from './sessions';

type Files = ReadonlyMap<string, string | Uint8Array>;
type Parts = { pool: Pool; sync: Sync; sessions: ReturnType<typeof sessionsIn>; files: Files };

const posts = 'select id, title, body from draft where published_at is not null order by published_at desc';
/** What the buttons of a post do: plain SQL, of which devices hear as of any other change. */
const actions = new Map([
  ['publish', 'update draft set published_at = now() where id = $1 and published_at is null'],
  ['unpublish', 'update draft set published_at = null where id = $1'],
  ['delete', 'delete from draft where id = $1'],
]);
const button = (id: string, action: string) =>
  html`<form method="post" action="/posts/${id}/${action}"><button>${action}</button></form>`;
const page = (c: Context, content: unknown) =>
  c.html(html`<!doctype html><html lang="en"><meta charset="utf-8"><title>A blog</title><style>
    body { max-width: 40em; margin: 2em auto; font-family: system-ui } pre { white-space: pre-wrap }
    form { display: inline } input, textarea { display: block; width: 100% }</style>
    <nav><a href="/">Posts</a> <a href="/drafts">Drafts</a></nav><main>${content}</main></html>`);

/** @param files for browsers, by path; the first is the script of /drafts */
export function siteOf({ pool, sync, sessions, files }: Parts): Hono {
  const site = new Hono();
  const editor = (c: Context) => sync.person(c.req.raw).catch(() => null);
  site.use(csrf());
  site.route('/', sync.routes);
  site.get('/api/health', (c) => c.text('ok'));
  site.get('/', async (c) => {
    const [{ rows }, isEditor] = [await pool.query(posts), await editor(c)];
    const post = ({ id, title, body }: Record<string, string>) => html`<article><h2>${title}</h2>
      <pre>${body}</pre>${isEditor && [button(id!, 'unpublish'), button(id!, 'delete')]}</article>`;
    return page(c, html`<h1>Posts</h1>${rows.map(post)}`);
  });
  site.post('/posts/:id/:action', async (c) => {
    const { id, action } = c.req.param();
    if (!(await editor(c))) return c.redirect('/login', 303);
    if (actions.has(action)) await pool.query(actions.get(action)!, [id]);
    return c.redirect('/', 303);
  });
  const login = html`<h1>Sign in</h1><form method="post"><label>Name <input name="name"></label>
    <label>Password <input name="password" type="password"></label><button>Sign in</button></form>`;
  site.get('/login', (c) => page(c, login));
  site.post('/login', async (c) => {
    const { name, password } = await c.req.parseBody();
    const token = await sessions.begin(name, password);
    if (token) setCookie(c, 'site', token, { httpOnly: true, sameSite: 'Lax', maxAge: 30 * 86_400 });
    return c.redirect(token ? '/drafts' : '/login', 303);
  });
  site.post('/logout', async (c) => {
    await sessions.end(c.req.raw);
    sync.sessionsEnded();
    deleteCookie(c, 'site');
    return c.redirect('/', 303);
  });
  site.get('/drafts', async (c) => {
    const person = await editor(c);
    if (!person) return c.redirect('/login', 303);
    const content = html`<h1>Drafts of ${person.name}</h1><p id="status" role="status"></p><ul id="lost"></ul>
      <form method="post" action="/logout"><button>Sign out</button></form> <button id="new">New draft</button>
      <div id="list" data-user="${person.id}" data-workspace="${workspaceId}"></div>
      <template><article><input name="title" aria-label="Title" maxlength="200">
        <textarea name="body" aria-label="Text" rows="8"></textarea><p class="mark"></p>
        <form method="post"><button>Publish</button></form> <button class="delete">Delete</button></article></template>
      <script type="module" src="${[...files.keys()][0]}"></script>`;
    return page(c, content);
  });
  for (const [path, content] of files) {
    const type = getMimeType(path) ?? 'application/octet-stream';
    site.get(path, () => new Response(content as BodyInit, { headers: { 'content-type': type } }));
  }
  return site;
}
