// Starts light mode (docs/light-mode.md): a page of its own without the database, from what this browser remembers of the
// person, and the small store.
import './old-browsers';
import '@fontsource-variable/inter/wght.css';
import '../styles.css';
import { createRoot } from 'react-dom/client';
import { currentSession, rememberSession } from '../account/session';
import { registerServiceWorker } from '../app/update';
import { type LightFiles, lightName, openLightFiles } from '../sync/light/files';
import { MemoryFiles } from '../sync/light/memory-files';
import { LightStore } from '../sync/light/store';
import { storedName } from '../sync/registry';
import { LightApp } from './app';

const root = document.getElementById('root')!;

async function start(): Promise<void> {
  const session = currentSession();
  // Whoever has not signed in on this device does so in the full app, which needs no database for it.
  if (!session) return location.replace('/sign-in?next=/light.html');
  const userId = session.user.id;
  const name = lightName(storedName({ name: 'outpost' }, userId));
  let keepsNothing = false;
  const files = await openLightFiles(name, true).catch((error: unknown): LightFiles => {
    console.warn('Outpost: nothing can be kept in light mode:', error);
    keepsNothing = true;
    return new MemoryFiles();
  });
  const store = await LightStore.open({
    ...{ userId, name, files },
    identified: ({ user, memberships }) => rememberSession({ user, memberships }),
  });
  addEventListener('online', () => store.wake());
  addEventListener('offline', () => store.refresh());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') store.wake();
  });
  createRoot(root).render(<LightApp store={store} keepsNothing={keepsNothing} />);
  registerServiceWorker();
}

start().catch((error: unknown) => {
  root.replaceChildren('Light mode could not be opened. Reload the page.');
  reportError(error);
});
