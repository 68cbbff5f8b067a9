// A person's own account: passwords that are refused, changing and forgetting one, sessions, sign-up by invitation.
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cookiesOf, startTestApi, type TestApi, type TestPerson } from '../../scripts/testing/api';
import { until } from '../../scripts/testing/until';
import { foundWorkspace, join } from '../../scripts/testing/workspace';
import type { SessionRow } from './account';

interface Refusal {
  error: { kind: string; sentence: string };
}

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const another = 'quite another password';

/** A session of the same person on another device. */
async function onAnotherDevice(person: TestPerson, at = api): Promise<string> {
  const { email, password } = person;
  const signedIn = await at.stranger.call('POST', '/api/auth/sign-in/email', { email, password });
  expect(signedIn.status).toBe(200);
  return cookiesOf(signedIn);
}
const isSignedIn = async (cookie: string, at = api) =>
  (await fetch(`${at.url}/api/session`, { headers: { cookie } })).status === 200;
const signsIn = async (email: string, password: string, at = api) =>
  (await at.stranger.call('POST', '/api/auth/sign-in/email', { email, password })).status === 200;

describe('passwords that are refused', () => {
  const weak = [
    'password',
    'PassWord1',
    '12345678',
    'qwertyuiop',
    'iloveyou',
    ' 1234567890 ',
    'aaaaaaaaaaaa',
  ];

  test('the most used ones, and one’s own name and address, wherever a password is set', async () => {
    const ada = await api.person('Ada Lovelace-Byron'.replace(/ /g, ''));
    const own = [
      ada.email,
      ada.email.toUpperCase(),
      ada.email.split('@')[0]!,
      'AdaLovelace-Byron',
      'adalovelacebyron',
    ];
    for (const password of [...weak, ...own]) {
      const changed = await ada.json<Refusal>('POST', '/api/auth/change-password', {
        currentPassword: ada.password,
        newPassword: password,
      });
      expect([password, changed.status, changed.body.error.kind]).toEqual([password, 400, 'malformed']);
      expect(changed.body.error.sentence).toMatch(/easy to guess/);
      const body = { name: 'Ada Lovelace-Byron', email: ada.email.replace('@', '@x.'), password };
      // An address of another host: its own name and letters are the same.
      body.email = ada.email.replace('example.org', 'elsewhere.example');
      if (password.includes('@')) body.email = password.toLowerCase();
      const signedUp = await api.stranger.json<Refusal>('POST', '/api/auth/sign-up/email', body);
      expect([password, signedUp.status, signedUp.body.error.kind]).toEqual([password, 400, 'malformed']);
    }
    const token = await tokenFor(ada.email);
    for (const newPassword of weak) {
      const reset = await api.stranger.json<Refusal>('POST', '/api/auth/reset-password', {
        token,
        newPassword,
      });
      expect(reset.body.error.sentence).toMatch(/easy to guess/);
    }
    // None of it spent the link.
    const good = { token, newPassword: another };
    expect((await api.stranger.json('POST', '/api/auth/reset-password', good)).status).toBe(200);
  });
});

async function tokenFor(email: string, seconds = 60, at = api): Promise<string> {
  const { rows } = await at.pool.query<{ id: string }>('select id from auth."user" where email = $1', [
    email,
  ]);
  return await at.auth.passwordToken(rows[0]!.id, seconds);
}

describe('changing the password', () => {
  test('needs the current one, and ends all other sessions, whatever the request says', async () => {
    const ada = await api.person('Ada');
    const other = await onAnotherDevice(ada);
    const wrong = await ada.json<Refusal>('POST', '/api/auth/change-password', {
      currentPassword: 'not the password',
      newPassword: another,
    });
    expect(wrong.body.error).toEqual({ kind: 'forbidden', sentence: 'The current password is not right.' });
    const changed = await ada.call('POST', '/api/auth/change-password', {
      currentPassword: ada.password,
      newPassword: another,
      revokeOtherSessions: false,
    });
    expect(changed.status).toBe(200);
    expect(await isSignedIn(other)).toBe(false);
    expect(await isSignedIn(cookiesOf(changed))).toBe(true);
    expect(await signsIn(ada.email, ada.password)).toBe(false);
    expect(await signsIn(ada.email, another)).toBe(true);
  });

  test('makes every link to a new password void', async () => {
    const ada = await api.person('Ada');
    const token = await tokenFor(ada.email);
    await ada.call('POST', '/api/auth/change-password', {
      currentPassword: ada.password,
      newPassword: another,
    });
    const answer = await api.stranger.json<Refusal>('POST', '/api/auth/reset-password', {
      token,
      newPassword: 'yet another password',
    });
    expect([answer.status, answer.body.error.kind]).toEqual([400, 'not-found']);
  });
});

describe('sessions', () => {
  test('are listed without what opens them, and ended one by one', async () => {
    const ada = await api.person('Ada');
    const other = await onAnotherDevice(ada);
    const list = async () =>
      (await ada.json<{ sessions: SessionRow[] }>('GET', '/api/account/sessions')).body.sessions;
    const sessions = await list();
    expect(sessions.map((session) => session.current).sort()).toEqual([false, true]);
    expect(Object.keys(sessions[0]!).sort()).toEqual(['agent', 'current', 'id', 'signedInAt', 'usedAt']);
    const { id } = sessions.find((session) => !session.current)!;
    expect((await ada.call('DELETE', `/api/account/sessions/${id}`)).status).toBe(200);
    expect(await isSignedIn(other)).toBe(false);
    expect(await list()).toHaveLength(1);
    expect((await ada.call('DELETE', `/api/account/sessions/${id}`)).status).toBe(404);
  });

  test('A2: nobody sees or ends those of another', async () => {
    const [ada, eve] = [await api.person('Ada'), await api.person('Eve')];
    const hers = await ada.json<{ sessions: SessionRow[] }>('GET', '/api/account/sessions');
    const { id } = hers.body.sessions[0]!;
    expect((await eve.call('DELETE', `/api/account/sessions/${id}`)).status).toBe(404);
    expect((await ada.json('GET', '/api/session')).status).toBe(200);
    // On a browser where Eve has signed in meanwhile, nothing is done in the name of Ada.
    const { user } = (await ada.json<{ user: { id: string } }>('GET', '/api/session')).body;
    const changes = { currentPassword: eve.password, newPassword: another };
    for (const [method, path, body] of [
      ['GET', '/api/account/sessions', undefined],
      ['POST', '/api/auth/revoke-other-sessions', {}],
      ['POST', '/api/auth/change-password', changes],
    ] as const) {
      const response = await eve.call(method, path, body, { 'sync-person': user.id });
      expect([path, response.status]).toEqual([path, 401]);
    }
    const seen = await eve.json<{ sessions: SessionRow[] }>('GET', '/api/account/sessions');
    expect(seen.body.sessions.map((session) => session.id)).not.toContain(id);
  });
});

describe('a link to a new password, made by an owner', () => {
  const path = (workspaceId: string, memberId: string) =>
    `/api/workspaces/${workspaceId}/members/${memberId}/password-link`;
  const linkFor = async (owner: TestPerson, workspaceId: string, memberId: string) =>
    await owner.json<{ url: string } & Refusal>('POST', path(workspaceId, memberId), {});
  const use = async (url: string, newPassword: string) => {
    const token = url.split('/').at(-1);
    return await api.stranger.json<Refusal>('POST', '/api/auth/reset-password', { token, newPassword });
  };

  test('sets a password once and ends the person’s sessions; nothing that the database holds opens it', async () => {
    const [ada, ben] = [await api.person('Ada'), await api.person('Ben')];
    const { workspaceId } = await foundWorkspace(ada);
    const { memberId } = await join(ada, ben, workspaceId, 'member');
    const made = await linkFor(ada, workspaceId, memberId);
    expect(made.status).toBe(201);
    expect(made.body.url).toMatch(new RegExp(`^${api.url}/new-password/[\\w-]{32}$`));
    const token = made.body.url.split('/').at(-1)!;
    const kept = await api.pool.query(
      'select v::text, l::text from auth.verification v full join auth.password_link l on false',
    );
    expect(JSON.stringify(kept.rows)).not.toContain(token);
    const seen = await api.stranger.json('GET', `/api/account/password-links/${token}`);
    expect(seen.body).toEqual({ email: ben.email });

    const second = await linkFor(ada, workspaceId, memberId);
    expect((await use(made.body.url, another)).status).toBe(200);
    expect(await isSignedIn(ben.cookie)).toBe(false);
    expect(await signsIn(ben.email, ben.password)).toBe(false);
    expect(await signsIn(ben.email, another)).toBe(true);
    for (const { body } of [made, second]) {
      expect((await use(body.url, 'yet another password')).body.error.kind).toBe('not-found');
    }
    expect((await api.stranger.json('GET', `/api/account/password-links/${token}`)).status).toBe(404);
  });

  test('used by two at once, sets one password', async () => {
    const [ada, ben] = [await api.person('Ada'), await api.person('Ben')];
    const { workspaceId } = await foundWorkspace(ada);
    const { memberId } = await join(ada, ben, workspaceId, 'member');
    const { url } = (await linkFor(ada, workspaceId, memberId)).body;
    const answers = await Promise.all([use(url, 'the first password'), use(url, 'the second password')]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400]);
  });

  test('runs out', async () => {
    const ada = await api.person('Ada');
    const token = await tokenFor(ada.email, -1);
    expect((await use(`/${token}`, another)).body.error.kind).toBe('not-found');
    expect((await api.stranger.json('GET', `/api/account/password-links/${token}`)).status).toBe(404);
  });

  test('A2: only an owner makes one, and only for a member of that workspace', async () => {
    const [ada, ben, eve] = [await api.person('Ada'), await api.person('Ben'), await api.person('Eve')];
    const { workspaceId, memberId } = await foundWorkspace(ada);
    const asBen = await join(ada, ben, workspaceId, 'member');
    const own = await foundWorkspace(eve);
    expect((await linkFor(ben, workspaceId, memberId)).status).toBe(403);
    expect((await linkFor(eve, workspaceId, asBen.memberId)).status).toBe(403);
    expect((await linkFor(eve, own.workspaceId, asBen.memberId)).status).toBe(404);
    expect((await linkFor(ada, workspaceId, memberId)).status).toBe(409);
  });

  test('A2: opens nothing that its maker does not own: neither when it is made nor when it is used', async () => {
    const [eve, ada] = [await api.person('Eve'), await api.person('Ada')];
    const hers = await foundWorkspace(eve);
    const elsewhere = await foundWorkspace(ada);
    for (const roleElsewhere of ['guest', 'member', 'owner'] as const) {
      const ben = await api.person('Ben');
      const { memberId } = await join(eve, ben, hers.workspaceId, 'member');
      const early = await linkFor(eve, hers.workspaceId, memberId);
      expect(early.status).toBe(201);
      await join(ada, ben, elsewhere.workspaceId, roleElsewhere);
      const late = await linkFor(eve, hers.workspaceId, memberId);
      expect([late.status, late.body.error.kind]).toEqual([403, 'forbidden']);
      expect((await use(early.body.url, 'now it is Eve’s')).body.error.kind).toBe('not-found');
      expect(await signsIn(ben.email, ben.password)).toBe(true);
    }
    // Owner of both: allowed. Owner no more, or the person gone: the link is void.
    const cora = await api.person('Cora');
    const { memberId } = await join(eve, cora, hers.workspaceId, 'member');
    const both = await foundWorkspace(eve, 'Second');
    await join(eve, cora, both.workspaceId, 'guest');
    const made = await linkFor(eve, hers.workspaceId, memberId);
    expect(made.status).toBe(201);
    await api.pool.query("update member set role = 'member' where id = $1", [both.memberId]);
    expect((await use(made.body.url, another)).body.error.kind).toBe('not-found');

    const dan = await api.person('Dan');
    const asDan = await join(eve, dan, hers.workspaceId, 'member');
    const gone = await linkFor(eve, hers.workspaceId, asDan.memberId);
    await eve.json('DELETE', `/api/workspaces/${hers.workspaceId}/members/${asDan.memberId}`);
    expect((await use(gone.body.url, another)).body.error.kind).toBe('not-found');
  });
});

describe('a forgotten password by e-mail', () => {
  const mails: { to: string; text: string }[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo[0]!.address, text: text.replace(/=\r\n/g, '') });
        done();
      });
    },
  });
  let mailing: TestApi;
  beforeAll(async () => {
    await new Promise<void>((done) => smtp.listen(0, '127.0.0.1', done));
    const { port } = smtp.server.address() as { port: number };
    const mail = { url: `smtp://127.0.0.1:${port}`, from: 'Outpost <outpost@example.org>' };
    mailing = await startTestApi({ publicUrl: 'https://station.example', mail, rateLimit: true });
  });
  afterAll(async () => {
    await mailing.stop();
    await new Promise<void>((done) => smtp.close(done));
  });
  const headers = { origin: 'https://station.example', host: 'evil.example' };
  const ask = (email: string) =>
    mailing.stranger.call('POST', '/api/auth/request-password-reset', { email }, headers);

  test('comes as a plain e-mail with a link of the configured address, three times an hour at most', async () => {
    const account = { name: 'Ada', email: 'ada@example.org', password: 'the first password' };
    await mailing.auth.signUp(account);
    const answer = await ask(account.email);
    expect(answer.status).toBe(200);
    await until('the e-mail', () => mails.length === 1);
    expect(mails[0]!.to).toBe(account.email);
    expect(mails[0]!.text).toContain('Subject: Set a new password for Outpost');
    const token = /https:\/\/station\.example\/new-password\/([\w-]+)/.exec(mails[0]!.text)?.[1];
    expect(token).toBeDefined();
    const reset = { token, newPassword: another };
    const done = await mailing.stranger.call('POST', '/api/auth/reset-password', reset, headers);
    expect(done.status).toBe(200);
    const signIn = { email: account.email, password: another };
    expect((await mailing.stranger.call('POST', '/api/auth/sign-in/email', signIn, headers)).status).toBe(
      200,
    );

    for (let n = 0; n < 5; n++) expect((await ask(account.email)).status).toBe(200);
    await mailing.auth.signUp({ ...account, email: 'ben@example.org' });
    await ask('ben@example.org');
    await until('the other’s e-mail', () => mails.some((mail) => mail.to === 'ben@example.org'));
    expect(mails.filter((mail) => mail.to === account.email)).toHaveLength(3);
  });

  test('is answered alike whether there is an account, and is not offered without a mail server', async () => {
    const nobody = await ask('nobody@example.org');
    const somebody = await ask('ben@example.org');
    expect([nobody.status, await nobody.text()]).toEqual([somebody.status, await somebody.text()]);
    const without = await api.stranger.call('POST', '/api/auth/request-password-reset', {
      email: 'a@b.example',
    });
    expect(without.status).toBe(404);
    const options = async (at: TestApi) => (await at.stranger.json('GET', '/api/account/options')).body;
    expect(await options(api)).toEqual({ signUp: 'open', passwordByMail: false });
    expect(await options(mailing)).toEqual({ signUp: 'open', passwordByMail: true });
  });
});

describe('sign-up by invitation only', () => {
  let closed: TestApi;
  beforeAll(async () => {
    closed = await startTestApi({ signUp: 'invite' });
  });
  afterAll(() => closed.stop());

  test('takes whoever brings a good link, one for each', async () => {
    const options = async () => (await closed.stranger.json('GET', '/api/account/options')).body;
    const owner = { name: 'Ada', email: 'ada@example.org', password: 'the right password' };
    // The first one has nobody to be invited by.
    expect(await options()).toMatchObject({ signUp: 'open' });
    const first = await closed.stranger.call('POST', '/api/auth/sign-up/email', owner);
    expect(first.status).toBe(200);
    expect(await options()).toMatchObject({ signUp: 'invite' });
    const cookie = cookiesOf(first);
    const asOwner = async (path: string, body: unknown) =>
      (await (await closed.stranger.call('POST', path, body, { cookie })).json()) as Record<string, string>;
    const { workspaceId } = await asOwner('/api/workspaces', { name: 'Station' });
    const invitation = async () =>
      (await asOwner(`/api/workspaces/${workspaceId}/invites`, { role: 'member' })).url!.split('/').at(-1)!;
    let people = 0;
    const signUp = async (invite: string | null, email = `p${++people}@example.org`) => {
      const headers: Record<string, string> = invite === null ? {} : { 'account-invite': invite };
      const body = { name: 'Ben', email, password: another };
      return await closed.stranger.call('POST', '/api/auth/sign-up/email', body, headers);
    };
    for (const bad of [null, '', 'nonsense']) {
      const refused = await signUp(bad);
      expect(refused.status).toBe(403);
      expect(await refused.json()).toMatchObject({ error: { kind: 'forbidden' } });
    }
    const invite = await invitation();
    // A refused attempt does not spend it; of two at once, one gets in.
    expect((await signUp(invite, owner.email)).status).toBe(422);
    const both = await Promise.all([signUp(invite), signUp(invite)]);
    expect(both.map((response) => response.status).sort()).toEqual([200, 403]);
    expect((await signUp(invite)).status).toBe(403);
    const made = both.find((response) => response.ok)!;
    const accepted = await closed.stranger.call(
      'POST',
      `/api/invites/${invite}/accept`,
      {},
      {
        cookie: cookiesOf(made),
      },
    );
    expect(accepted.status).toBe(200);

    const late = await invitation();
    await closed.pool.query('update auth.invite set expires_at = now() where used_at is null');
    expect((await signUp(late)).status).toBe(403);
    const count = await closed.pool.query('select count(*)::int as n from auth."user"');
    expect(count.rows[0].n).toBe(2);
  });
});

test('a demonstration that is closed stays closed where it was made before', async () => {
  const known = { email: 'ada@outpost.demo', password: 'ada-at-the-station' };
  const shut = await startTestApi({ closedAccounts: [known] });
  try {
    await shut.auth.signUp({ name: 'Ada', ...known });
    for (const email of [known.email, 'ADA@outpost.demo']) {
      const answer = await shut.stranger.json<Refusal>('POST', '/api/auth/sign-in/email', {
        ...known,
        email,
      });
      expect([answer.status, answer.body.error.kind]).toEqual([403, 'forbidden']);
    }
  } finally {
    await shut.stop();
  }
});
