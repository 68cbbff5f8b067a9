// Doing things: every change a person makes goes through `useAct`, which writes it locally, remembers how to undo
// it, and says so when it is not visible otherwise.
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef } from 'react';
import { toast } from 'sonner';
import { type Compilable, StoreError, type Written } from '../store';
import { useStore } from './store-context';
import { UndoStack } from './undo';

export type Act = (
  /** In the past tense, for "Undo: …". */
  label: string,
  statements: readonly Compilable[],
  options?: { say?: string; undoable?: boolean },
) => Promise<Written | null>;

interface Actions {
  act: Act;
  undo: () => Promise<void>;
  redo: () => Promise<void>;
}

const ActContext = createContext<Actions | null>(null);

function fail(error: unknown): null {
  const sentence =
    error instanceof StoreError ? error.message : 'This change could not be stored on this device.';
  // Said once, also when many changes find no room.
  toast.error(sentence, { id: sentence });
  return null;
}

export function ActProvider({ children }: { children: ReactNode }) {
  const store = useStore();
  const stack = useMemo(() => new UndoStack(), []);
  // In IndexedDB a change waits for room and does not fail (engine.ts): that it waits is said at once.
  useEffect(() => {
    let was: string | undefined;
    return store.onStatus(() => {
      const { problem, storage } = store.status();
      if (problem?.kind === 'device-full' && was !== problem.kind && storage === 'indexeddb') {
        toast.error(problem.sentence, { id: problem.kind });
      }
      was = problem?.kind;
    });
  }, [store]);
  /** Settles when everything begun so far is written: what is shown already can be undone. */
  const begun = useRef<Promise<unknown>>(Promise.resolve());
  const act = useCallback<Act>(
    (label, statements, options) => {
      const write = async () => {
        try {
          const written = await store.write(...statements);
          if (options?.undoable !== false) stack.push(label, written);
          if (options?.say) {
            toast(options.say, {
              action: { label: 'Undo', onClick: () => void stack.undoOne(store, written).catch(fail) },
            });
          }
          return written;
        } catch (error) {
          return fail(error);
        }
      };
      const writing = write();
      begun.current = Promise.all([begun.current, writing]);
      return writing;
    },
    [store, stack],
  );
  const value = useMemo<Actions>(
    () => ({
      act,
      undo: async () => {
        try {
          await begun.current;
          const label = await stack.undo(store);
          toast(label ? `Undone: ${label}` : 'Nothing to undo', { id: 'undo', duration: 2_500 });
        } catch (error) {
          fail(error);
        }
      },
      redo: async () => {
        try {
          await begun.current;
          const label = await stack.redo(store);
          toast(label ? `Done again: ${label}` : 'Nothing to redo', { id: 'undo', duration: 2_500 });
        } catch (error) {
          fail(error);
        }
      },
    }),
    [act, stack, store],
  );
  return <ActContext value={value}>{children}</ActContext>;
}

function useActions(): Actions {
  const value = useContext(ActContext);
  if (!value) throw new Error('useAct outside of ActProvider');
  return value;
}

/** The promise resolves to null if it could not be written; the person has been told then. */
export const useAct = (): Act => useActions().act;
export const useUndo = (): Pick<Actions, 'undo' | 'redo'> => useActions();
