// The service worker from the page's side: registers it, and offers a new version when one waits. A tab keeps the
// files it was loaded with; a new version takes over on the next load or when a person asks.
import { useSyncExternalStore } from 'react';

let waiting: ServiceWorker | null = null;
const listeners = new Set<() => void>();

function offer(worker: ServiceWorker | null): void {
  if (worker === waiting) return;
  waiting = worker;
  for (const listener of listeners) listener();
}

/** Registers the service worker of a production build. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  serviceWorker.register('/sw.js').then(
    (registration) => {
      // Nobody else has the app open: no tab can be disturbed, so the version that waits may take over.
      registration.waiting?.postMessage('activate-if-alone');
      registration.addEventListener('updatefound', () => {
        const worker = registration.installing;
        worker?.addEventListener('statechange', () => {
          // The first version ever has no controller before it: nothing to update.
          if (worker.state === 'installed' && serviceWorker.controller) offer(worker);
          if (worker.state === 'activated') offer(null);
        });
      });
      const check = () => registration.update().catch(() => {});
      setInterval(check, 60 * 60_000);
      window.addEventListener('online', check);
    },
    // Without it the app still works online; private windows may forbid it.
    () => {},
  );
}

function apply(): void {
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting?.postMessage('activate');
}

/** @returns what takes the new version, or null if there is none. */
export function useUpdate(): (() => void) | null {
  const worker = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting,
  );
  return worker && apply;
}
