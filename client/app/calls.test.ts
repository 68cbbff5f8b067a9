// The online-only requests against the real server, and against everything else that may answer in its place.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import { elsewhereAnswers, libraryText } from '../../scripts/testing/elsewhere';
import { api as accountApi } from '../account/api';
import { calendarApi } from '../calendar/api';
import { stockApi } from '../stock/api';
import { ApiError } from '../sync/react/request';
import { storageApi } from './settings/storage-api';

/** Every request of the interface. */
const api = { ...accountApi, ...calendarApi, ...stockApi, ...storageApi };

const ownFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = ownFetch;
});

type Door = (...args: unknown[]) => Promise<unknown>;
const doors = Object.entries(api) as unknown as [string, Door][];

describe('something else in place of the server', () => {
  test.each(doors)('W5: %s believes none of it, and says so in a sentence', async (_, door) => {
    for (const [name, answer] of Object.entries(elsewhereAnswers)) {
      let asked = 0;
      globalThis.fetch = async () => {
        asked++;
        return answer();
      };
      const failure = await door(...Array.from({ length: door.length || 1 }, () => 'x')).then(
        (value) => `believed: ${JSON.stringify(value)}`,
        (error: unknown) => error,
      );
      expect(failure, name).toBeInstanceOf(ApiError);
      const { kind, message } = failure as ApiError;
      // Whether it was carried out is not known: what repeats by itself does so, and nobody is signed out by it.
      expect(['unreachable', 'busy'], name).toContain(kind);
      expect(message).not.toMatch(libraryText);
      expect(message).toMatch(/^[A-Z].*\.$/);
      expect(asked, name).toBe(1);
    }
  });
});

describe('the server', () => {
  let server: TestApi;
  beforeAll(async () => {
    server = await startTestApi();
  });
  afterAll(() => server.stop());

  /** A browser: keeps the session's cookie, sends from the server's origin. */
  function browser(): void {
    const jar = new Map<string, string>();
    globalThis.fetch = async (path, init = {}) => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { ...(init.headers as Record<string, string>), cookie, origin: server.url };
      const response = await ownFetch(server.url + String(path), { ...init, headers });
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        jar.set(name!, value!);
      }
      return response;
    };
  }

  test('answers every request of an account and of a workspace as it is read', async () => {
    browser();
    const mail = `walk-${crypto.randomUUID().slice(0, 8)}@example.org`;
    await api.accountOptions();
    await api.signUp('Wanda Walker', mail, 'a long enough phrase 1');
    const { user } = await api.session();
    const { workspaceId } = await api.createWorkspace('Walk');
    await api.storage(workspaceId);
    const { url } = await api.createInvite(workspaceId, 'member');
    const token = url.split('/').at(-1)!;
    await api.invite(token);
    const { invites } = await api.invites(workspaceId);
    await api.revokeInvite(workspaceId, invites[0]!.id);
    const second = (await api.createInvite(workspaceId, 'member')).url.split('/').at(-1)!;
    await api.changePassword(user.id, 'a long enough phrase 1', 'a long enough phrase 2');
    await api.signOut();

    browser();
    const other = `other-${crypto.randomUUID().slice(0, 8)}@example.org`;
    await api.signUp('Otto Other', other, 'a long enough phrase 3');
    const { memberId } = await api.acceptInvite(second);

    browser();
    await api.signIn(mail, 'a long enough phrase 2');
    const here = globalThis.fetch;
    browser();
    await api.signIn(mail, 'a long enough phrase 2');
    const { sessions } = await api.sessions(user.id);
    await api.endSession(user.id, sessions.find((session) => !session.current)!.id);
    await api.endOtherSessions(user.id);
    await api.changeRole(workspaceId, memberId, 'guest');
    const link = (await api.makePasswordLink(workspaceId, memberId)).url.split('/').at(-1)!;
    expect((await api.passwordLink(link)).email).toBe(other);
    await api.setPassword(link, 'a long enough phrase 4');
    await api.removeMember(workspaceId, memberId);
    globalThis.fetch = here;
    await expect(api.session()).rejects.toMatchObject({ kind: 'signed-out' });
  });
});
