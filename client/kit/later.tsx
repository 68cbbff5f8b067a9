// Components that come as files of their own, so that the first paint does not wait for them. They are fetched when the
// browser has nothing else to do, so that they are there when they are first asked for.
import { type ComponentType, lazy, Suspense, useState } from 'react';

interface Source<P extends object> {
  readonly load: () => Promise<{ default: ComponentType<P> }>;
  loaded: ComponentType<P> | null;
}

const waiting: (() => Promise<unknown>)[] = [];

/**
 * The component that `load` brings. Until it has come nothing is shown in its place; afterwards it is shown at once.
 * @param load imports it; called again after it failed
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const source: Source<P> = {
    loaded: null,
    load: async () => {
      source.loaded = await load();
      return { default: source.loaded };
    },
  };
  waiting.push(source.load);
  return (props) => <FromSource source={source as unknown as Source<object>} given={props} />;
}

/** What is shown stays the same component while it is shown, also when it came meanwhile. */
function FromSource({ source, given }: { source: Source<object>; given: object }) {
  const [Shown] = useState<ComponentType<object>>(() => source.loaded ?? lazy(source.load));
  return (
    <Suspense>
      <Shown {...given} />
    </Suspense>
  );
}

/** Fetches all of them, one after the other, whenever the browser is idle. One that fails is fetched when it is shown. */
export async function fetchWhatIsLater(): Promise<void> {
  for (const load of waiting.splice(0)) {
    await new Promise<void>((done) => {
      // Safari has no requestIdleCallback.
      if ('requestIdleCallback' in window) requestIdleCallback(() => done(), { timeout: 2_000 });
      else setTimeout(done, 100);
    });
    await load().catch(() => {});
  }
}
