// The body of the open page in React: opened with the page, closed (and stored) when it is left.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useStore } from '../../sync/react/store-context';
import { type DocumentHandle, type DocumentStatus, openDocument } from '../store/document';
import { LiveConnection } from '../store/document-live';

const notOpen: DocumentStatus = {
  loaded: false,
  writing: false,
  unsent: 0,
  problem: null,
  unreadable: null,
  live: 'off',
  others: 0,
};
const noListener = () => () => {};

let live: { readonly userId: string; readonly connection: LiveConnection } | null = null;

/** The one socket of this tab, of the person whose store it is. */
function liveOf(userId: string): LiveConnection {
  if (live?.userId !== userId) {
    live?.connection.close();
    live = { userId, connection: new LiveConnection({ baseUrl: location.origin, userId }) };
  }
  return live.connection;
}

export function useDocument(workspaceId: string, documentId: string): DocumentHandle | null {
  const store = useStore();
  const [handle, setHandle] = useState<DocumentHandle | null>(null);
  useEffect(() => {
    const opened = openDocument(store, { workspaceId, documentId, live: liveOf(store.userId) });
    setHandle(opened);
    return () => {
      setHandle(null);
      void opened.close().catch(() => {});
    };
  }, [store, workspaceId, documentId]);
  return handle;
}

export function useDocumentStatus(handle: DocumentHandle | null): DocumentStatus {
  return useSyncExternalStore(
    handle ? handle.onStatus.bind(handle) : noListener,
    handle ? handle.status.bind(handle) : () => notOpen,
  );
}
