// Everything around the pages of a workspace: store, workspace data, sidebar, the open task, overlays, shortcuts.
import { Link, Outlet, useNavigate, useParams, useRouter } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { type ReactNode, Suspense, useEffect, useMemo, useState } from 'react';
import { refreshSession, useSession } from '../../account/session';
import { WorkspaceProvider } from '../../account/workspace';
import { whenCalm } from '../../kit/calm';
import { Empty } from '../../kit/empty';
import { useFeatures } from '../../kit/feature';
import { KeyboardProvider } from '../../kit/keys/keyboard';
import { OverlayHost, OverlaysProvider } from '../../kit/overlays';
import { PageEnds } from '../../kit/page-frame';
import { remember } from '../../kit/remember';
import { openOutpost } from '../../open';
import { ActProvider } from '../../sync/react/act';
import { StoreProvider, useStore } from '../../sync/react/store-context';
import { storeFor } from '../../sync/react/the-store';
import { allShortcuts } from './all-shortcuts';
import { Banners, UpdateReady } from './banners';
import { MenuButton } from './menu-button';
import { Sidebar } from './sidebar';
import { SidebarProvider } from './sidebar-state';
import { SyncStatus } from './sync-status';

/** Keeps what is remembered of the session fresh; a failure changes nothing (A3). The store follows what it names (R6). */
function SessionKeeper() {
  const store = useStore();
  const memberships = useSession()?.memberships;
  useEffect(() => {
    if (memberships) store.expect(memberships.map((membership) => membership.workspaceId));
  }, [store, memberships]);
  useEffect(() => {
    const refresh = () => void refreshSession().catch(() => {});
    const forget = whenCalm(refresh);
    const online = () => {
      refresh();
      store.wake();
    };
    window.addEventListener('online', online);
    return () => {
      forget();
      window.removeEventListener('online', online);
    };
  }, [store]);
  return null;
}

/** A workspace that this device knows nothing of: perhaps one joined on another device just now. */
function NotMember() {
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    void refreshSession().then(
      () => setAsked(true),
      () => setAsked(true),
    );
  }, []);
  if (!asked) return null;
  return (
    <main className="h-full">
      <Empty
        icon={<Compass size={20} aria-hidden />}
        title="You are not in this workspace"
        action={
          <Link to="/" className="font-[550] text-accent-ink underline underline-offset-2">
            Go to your workspaces
          </Link>
        }
      >
        Ask somebody in it for an invitation link. What you had not sent is kept, and shown in the Inbox.
      </Empty>
    </main>
  );
}

function Frame() {
  const features = useFeatures();
  return (
    <div className="flex h-full">
      <a
        href="#content"
        className="absolute top-2 left-2 z-50 -translate-y-20 rounded-md bg-raised px-3 py-1.5 shadow-pop focus:translate-y-0"
      >
        Skip to content
      </a>
      <Sidebar />
      <div className="flex min-w-0 flex-1 flex-col overflow-hidden bg-surface md:my-2 md:mr-2 md:rounded-lg md:shadow-card md:[&:first-of-type]:ml-2">
        <Banners />
        <div className="flex min-h-0 flex-1">
          <main id="content" tabIndex={-1} className="flex min-w-0 flex-1 focus-visible:outline-none">
            <PageEnds start={<MenuButton />} end={<SyncStatus />}>
              <Outlet />
            </PageEnds>
          </main>
          {features.map(({ name, Aside }) => (Aside ? <Aside key={name} /> : null))}
        </div>
      </div>
      <UpdateReady />
    </div>
  );
}

/** The state that the features share among their parts, and what of them runs without being seen. */
function WithFeatures({ children }: { children: ReactNode }) {
  const features = useFeatures();
  const within = (
    <>
      {features.map(({ name, Background }) =>
        Background ? (
          <Suspense key={name}>
            <Background />
          </Suspense>
        ) : null,
      )}
      {children}
    </>
  );
  return features.reduceRight(
    (inner, { name, Provider }) => (Provider ? <Provider key={name}>{inner}</Provider> : inner),
    within,
  );
}

/** Leaves once: a <Navigate> whose target holds the address would go on for ever, as the address changes with it. */
function ToSignIn() {
  const router = useRouter();
  const navigate = useNavigate();
  useEffect(() => {
    void navigate({ to: '/sign-in', search: { next: router.latestLocation.href }, replace: true });
  }, [router, navigate]);
  return null;
}

export function WorkspaceLayout() {
  const session = useSession();
  const { workspaceId } = useParams({ from: '/w/$workspaceId' });
  const features = useFeatures();
  const shortcuts = useMemo(() => allShortcuts(features), [features]);
  const overlays = useMemo(() => features.flatMap((feature) => feature.overlays ?? []), [features]);
  useEffect(() => remember('workspace', workspaceId), [workspaceId]);
  if (!session) return <ToSignIn />;
  if (!session.memberships.some((m) => m.workspaceId === workspaceId)) return <NotMember />;
  return (
    <StoreProvider store={storeFor(session.user.id, openOutpost)}>
      <KeyboardProvider shortcuts={shortcuts}>
        <ActProvider>
          <WorkspaceProvider id={workspaceId} key={workspaceId}>
            <OverlaysProvider>
              <SidebarProvider>
                <WithFeatures>
                  <SessionKeeper />
                  <Frame />
                  <OverlayHost overlays={overlays} />
                </WithFeatures>
              </SidebarProvider>
            </OverlaysProvider>
          </WorkspaceProvider>
        </ActProvider>
      </KeyboardProvider>
    </StoreProvider>
  );
}
