// Light mode in React: the store of the page, views with what was written laid over them, and writing.
import { createContext, type ReactNode, useCallback, useContext, useMemo, useSyncExternalStore } from 'react';
import type { LightRow } from '../../../db/sync/light';
import type { Role } from '../../../db/sync/wire';
import { type Laid, lay } from './lay';
import type { NewOperation } from './state';
import { type LightStatus, type LightStore, type ShownView, viewKey } from './store';

/** The workspace that is shown, and who looks at it. */
export interface LightPlace {
  readonly store: LightStore;
  readonly workspaceId: string;
  readonly memberId: string;
  readonly role: Role;
  readonly userId: string;
  readonly userName: string;
  /** A write could not be stored on this device: says so. */
  failed(sentence: string): void;
}

const PlaceContext = createContext<LightPlace | null>(null);

export function LightProvider({ place, children }: { place: LightPlace; children: ReactNode }) {
  return <PlaceContext value={place}>{children}</PlaceContext>;
}

export function useLightPlace(): LightPlace {
  const place = useContext(PlaceContext);
  if (!place) throw new Error('useLightPlace outside of LightProvider');
  return place;
}

export function useLightStatus(store: LightStore): LightStatus {
  return useSyncExternalStore(store.onStatus, store.status);
}

export interface View extends ShownView {
  /** A list of the view, with what was written of this table laid over it. */
  laid(part: string, table: string): Laid;
  /** A list as the server gave it; empty before there is one. */
  rows(part: string): readonly LightRow[];
}

/** A view of the workspace that is shown (api/sync/light-view.ts), as long as the component is. */
export function useLightView(name: string, params: Readonly<Record<string, string>> = {}): View {
  const { store, workspaceId } = useLightPlace();
  const key = viewKey(workspaceId, name, params);
  const watch = useCallback((listener: () => void) => store.watch(key, listener), [store, key]);
  const shown = useSyncExternalStore(watch, () => store.shown(key));
  const status = useLightStatus(store);
  return useMemo(
    () => ({
      ...shown,
      rows: (part) => shown.kept?.answer.parts[part] ?? [],
      laid: (part, table) => lay(table, shown.kept?.answer.parts[part] ?? [], shown.kept?.turn ?? 0, status),
    }),
    [shown, status],
  );
}

/** @returns stores operations as one local transaction; what cannot be stored is said, and false comes back */
export function useLightWrite(): (...operations: NewOperation[]) => Promise<boolean> {
  const { store, workspaceId, failed } = useLightPlace();
  return async (...operations) => {
    try {
      await store.write(workspaceId, ...operations);
      return true;
    } catch {
      failed('This change could not be stored on this device. Free some space and try again.');
      return false;
    }
  };
}
