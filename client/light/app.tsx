// The frame of light mode: navigation, workspace, what it says of itself, and the page that is open.
import { useMemo, useState, useSyncExternalStore } from 'react';
import { useSession } from '../account/session';
import { Notice, PlainLink, useHashPath } from '../kit/light';
import { recall, remember } from '../kit/remember';
import { LightProvider, useLightStatus } from '../sync/light/react';
import type { LightStore } from '../sync/light/store';
import { About } from './about';
import { Changes } from './changes';
import { lightFeatures } from './features';
import { SignInAgain } from './sign-in-again';

export function LightApp({ store, keepsNothing }: { store: LightStore; keepsNothing: boolean }) {
  const session = useSession();
  const [chosen, setChosen] = useState(() => recall<string>('workspace'));
  const [failure, setFailure] = useState<string | null>(null);
  const membership =
    session?.memberships.find(({ workspaceId }) => workspaceId === chosen) ?? session?.memberships[0];
  const place = useMemo(
    () =>
      session && membership
        ? {
            ...{ store, workspaceId: membership.workspaceId, memberId: membership.memberId },
            ...{ role: membership.role, userId: session.user.id, userName: session.user.name },
            failed: setFailure,
          }
        : null,
    [store, session, membership],
  );
  const [first = 'tasks', ...path] = useHashPath();
  const feature = lightFeatures.find(({ name }) => name === first);
  if (!session || session.user.id !== store.options.userId) {
    return (
      <main className="p-4">
        You are signed out. <PlainLink to="/sign-in?next=/light.html">Sign in</PlainLink>
      </main>
    );
  }
  return (
    <div className="mx-auto flex h-full w-full max-w-2xl flex-col">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2">
        {session.memberships.length > 1 ? (
          <select
            aria-label="Workspace"
            value={membership?.workspaceId}
            onChange={({ target }) => {
              remember('workspace', target.value);
              setChosen(target.value);
              location.hash = '#/tasks';
            }}
            className="h-9 rounded-md bg-surface px-2 text-sm ring-1 ring-inset ring-line-strong"
          >
            {session.memberships.map(({ workspaceId, name }) => (
              <option key={workspaceId} value={workspaceId}>
                {name}
              </option>
            ))}
          </select>
        ) : (
          <span className="text-sm font-[600]">{membership?.name ?? 'No workspace'}</span>
        )}
        <nav aria-label="Light mode" className="flex flex-wrap gap-x-3">
          {[...lightFeatures, { name: 'changes', title: 'Changes' }].map(({ name, title }) => (
            <a
              key={name}
              href={`#/${name}`}
              aria-current={name === first ? 'page' : undefined}
              className="inline-flex min-h-9 items-center rounded-sm text-sm text-ink-2 aria-[current]:font-[600] aria-[current]:text-ink"
            >
              {title}
            </a>
          ))}
        </nav>
        <Chip store={store} />
      </header>
      <main className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-4 py-3">
        <p className="text-sm text-ink-2">
          This is light mode, for devices that the full app is too large for.{' '}
          <PlainLink to="#/about">What it cannot do, and the way back</PlainLink>
        </p>
        {keepsNothing ? (
          <Notice tone="danger">
            This browser lets us keep nothing: what you write and was not sent is lost when this tab closes.
          </Notice>
        ) : null}
        {failure ? <Notice tone="danger">{failure}</Notice> : null}
        <SignInAgain store={store} email={session.user.email} />
        <Refused store={store} />
        {place ? (
          <LightProvider place={place} key={place.workspaceId}>
            {feature ? <feature.Page path={path} /> : first === 'changes' ? <Changes /> : <About />}
          </LightProvider>
        ) : (
          <p>You are in no workspace. Open the full app to make one or to follow an invitation.</p>
        )}
      </main>
    </div>
  );
}

const onNetwork = (listener: () => void) => {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
};

/** How it stands with the server. */
function Chip({ store }: { store: LightStore }) {
  const { state, storing, network, sending, problem } = useLightStatus(store);
  const hasCable = useSyncExternalStore(onNetwork, () => navigator.onLine);
  const waiting = state?.waiting.length ?? 0;
  const changes = `${waiting} ${waiting === 1 ? 'change' : 'changes'}`;
  const isOffline = network === 'offline' || !hasCable;
  const says =
    storing.length > 0
      ? 'Storing'
      : waiting > 0
        ? `${isOffline ? 'Offline, ' : sending ? 'Sending ' : ''}${changes}${isOffline || !sending ? ' only on this device' : ''}`
        : isOffline
          ? 'Offline'
          : 'All changes are on the server';
  return (
    <p role="status" aria-label="Changes" className="ml-auto text-xs text-ink-2">
      {says}
      {problem ? `. ${problem}` : ''}
    </p>
  );
}

function Refused({ store }: { store: LightStore }) {
  const refused = useLightStatus(store).state?.refused.length ?? 0;
  if (refused === 0) return null;
  return (
    <Notice tone="warn">
      The server did not store {refused === 1 ? 'one change' : `${refused} changes`}.{' '}
      <PlainLink to="#/changes">See why</PlainLink>
    </Notice>
  );
}
