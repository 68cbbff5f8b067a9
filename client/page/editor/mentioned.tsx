// What the mentions of a body stand for, read together: one query for all tasks, one for all bookings.
import type { Editor } from '@tiptap/core';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { useLive } from '../../sync/react/store-context';
import {
  type MentionedBooking,
  type MentionedTask,
  mentionedBookings,
  mentionedTasks,
} from '../tree/queries';
import type { PageTree } from '../tree/tree';

interface Mentioned {
  readonly tree: PageTree | undefined;
  readonly tasks: ReadonlyMap<string, MentionedTask>;
  readonly bookings: ReadonlyMap<string, MentionedBooking>;
}

const MentionedContext = createContext<Mentioned>({
  tree: undefined,
  tasks: new Map(),
  bookings: new Map(),
});

export const useMentioned = (): Mentioned => useContext(MentionedContext);

/** Looking through a long text is not done for every letter. */
const PAUSE_MS = 250;

/** Ids in the text, sorted, as one string each: equal sets are equal values. */
function idsIn(editor: Editor): { task: string; booking: string } {
  const found = { task: new Set<string>(), booking: new Set<string>() };
  editor.state.doc.descendants((node) => {
    if (node.type.name !== 'mention') return;
    const { kind, id } = node.attrs as { kind: string; id: string };
    if (kind === 'task' || kind === 'booking') found[kind].add(id);
  });
  return { task: [...found.task].sort().join(), booking: [...found.booking].sort().join() };
}

export function MentionedProvider(props: {
  editor: Editor | null;
  tree: PageTree | undefined;
  children: ReactNode;
}) {
  const { editor, tree } = props;
  const [ids, setIds] = useState({ task: '', booking: '' });
  useEffect(() => {
    if (!editor) return;
    const look = () => {
      if (editor.isDestroyed) return;
      const next = idsIn(editor);
      setIds((old) => (old.task === next.task && old.booking === next.booking ? old : next));
    };
    look();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE_MS);
    };
    editor.on('update', soon);
    return () => {
      clearTimeout(timer);
      editor.off('update', soon);
    };
  }, [editor]);
  const tasks = useLive<MentionedTask>(
    (db) => (ids.task ? mentionedTasks(db, ids.task.split(',')) : null),
    [ids.task],
  );
  const bookings = useLive<MentionedBooking>(
    (db) => (ids.booking ? mentionedBookings(db, ids.booking.split(',')) : null),
    [ids.booking],
  );
  const value = useMemo<Mentioned>(
    () => ({
      tree,
      tasks: new Map((tasks ?? []).map((task) => [task.id, task])),
      bookings: new Map((bookings ?? []).map((booking) => [booking.id, booking])),
    }),
    [tree, tasks, bookings],
  );
  return <MentionedContext value={value}>{props.children}</MentionedContext>;
}
