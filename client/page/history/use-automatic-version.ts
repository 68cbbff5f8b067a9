// A version is kept when a changed page is left, at most one each half hour.
import { useEffect, useRef } from 'react';
import { useAuthor } from '../../account';
import { useStore } from '../../sync/react/store-context';
import type { DocumentHandle } from '../store/document';
import { isAutomaticDue, keepVersion, versions } from './versions';

/** @param wrote whether this person has changed the text */
export function useAutomaticVersion(
  handle: DocumentHandle | null,
  wrote: { readonly current: boolean },
): void {
  const store = useStore();
  const author = useAuthor();
  const latest = useRef({ wrote, author });
  useEffect(() => {
    latest.current = { wrote, author };
  });
  useEffect(() => {
    if (!handle) return;
    const { documentId, workspaceId } = handle;
    return () => {
      const now = latest.current;
      if (!now.wrote.current) return;
      // Made at once: the document ends with the page.
      const statements = keepVersion(store.db, handle.doc, {
        workspaceId,
        documentId,
        name: '',
        automatic: true,
        author: now.author,
      });
      const keep = async () => {
        const [last] = await store.read(versions(store.db, documentId).limit(1));
        if (isAutomaticDue(last?.created_at)) await store.write(...statements);
      };
      // A version that could not be kept is none; the text itself is stored by other ways.
      if (statements.length > 0) void keep().catch(() => {});
    };
  }, [handle, store]);
}
