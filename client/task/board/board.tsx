// The board: one column per status; cards are dragged with the pointer or the keyboard.
import { DragOverlay, KeyboardCode, type KeyboardCoordinateGetter } from '@dnd-kit/core';
import { memo, useCallback, useMemo, useRef, useState } from 'react';
import { useWorkspace } from '../../account';
import { useAct } from '../../sync/react/act';
import { useStore } from '../../sync/react/store-context';
import { useFocusedTask, useOpenTask } from '../active-task';
import { statuses, statusNames, type TaskStatus } from '../facts';
import type { Filters } from '../filters';
import { NoTasks } from '../no-tasks';
import { type Slice, shownStatuses, type TaskRow } from '../queries';
import { type LoadedSlice, useTaskWindow } from '../task-window';
import { changeTask } from '../write';
import { CardFace, useFace } from './card';
import { Column, type ColumnHandle } from './column';
import { DragArea, type Dragging } from './drag-area';
import { useBoardKeys } from './keys';
import { keyFor, type Place, placeAt, placeBeside } from './place';

const directions: Record<string, 'up' | 'down' | 'left' | 'right'> = {
  [KeyboardCode.Up]: 'up',
  [KeyboardCode.Down]: 'down',
  [KeyboardCode.Left]: 'left',
  [KeyboardCode.Right]: 'right',
};

function Lifted({ task }: { task: TaskRow }) {
  const { assignee, labels } = useFace(task);
  return (
    <div className="rotate-1 rounded-lg bg-raised p-3 pb-2 shadow-pop ring-1 ring-accent/50">
      <CardFace task={task} assignee={assignee} labels={labels} />
    </div>
  );
}

/** A card that was dropped where its neighbours are not loaded: shown there while its order key is being read. */
interface Moved {
  readonly task: TaskRow;
  readonly place: Place;
}

/** One column's part of the window. */
interface Shown {
  readonly count: number | undefined;
  readonly slice: LoadedSlice;
  readonly at: (index: number) => TaskRow | undefined;
}

export const Board = memo(function Board({ projectId, filters }: { projectId: string; filters: Filters }) {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const { openId, open } = useOpenTask();
  const { focusedId, setFocusedId } = useFocusedTask();
  const shown = useMemo(() => shownStatuses(filters), [filters]);

  const [ranges, setRanges] = useState<Partial<Record<TaskStatus, { offset: number; limit: number }>>>({});
  const onRange = useCallback((status: TaskStatus, offset: number, limit: number) => {
    setRanges((old) =>
      old[status]?.offset === offset && old[status]?.limit === limit
        ? old
        : { ...old, [status]: { offset, limit } },
    );
  }, []);
  const slices = useMemo<Slice[]>(
    () => shown.map((status) => ({ status, offset: 0, limit: 24, ...ranges[status] })),
    [shown, ranges],
  );
  const tasks = useTaskWindow(projectId, filters, slices);

  const board = useRef<HTMLDivElement>(null);
  const handles = useRef(new Map<TaskStatus, ColumnHandle | null>());
  const setHandle = useMemo(
    () =>
      Object.fromEntries(
        statuses.map((status) => [
          status,
          (handle: ColumnHandle | null) => void handles.current.set(status, handle),
        ]),
      ) as Record<TaskStatus, (handle: ColumnHandle | null) => void>,
    [],
  );
  const [lifted, setLifted] = useState<TaskRow | null>(null);
  const [drop, setDrop] = useState<Place | null>(null);
  const dropRef = useRef<Place | null>(null);
  const [said, setSaid] = useState('');
  const byKeyboard = useRef(false);
  const [moved, setMoved] = useState<Moved | null>(null);

  const place = useCallback((next: Place | null) => {
    dropRef.current = next;
    setDrop((old) => (old?.status === next?.status && old?.beforeId === next?.beforeId ? old : next));
  }, []);

  /** Of the drawing before: a column that did not change stays the same. */
  const drawn = useRef(new Map<TaskStatus, Shown>());
  const columns = useMemo(() => {
    const found = new Map(
      shown.map((status): [TaskStatus, Shown] => {
        const count = tasks.counts?.get(status) ?? (tasks.counts ? 0 : undefined);
        const slice = tasks.loaded(status);
        if (!moved || count === undefined) {
          const before = drawn.current.get(status);
          const isSame = before?.slice === slice && before.count === count;
          return [status, isSame ? before : { count, slice, at: (index: number) => tasks.at(status, index) }];
        }
        const { offset, rows } = slice;
        const without = rows.filter((row) => row.id !== moved.task.id);
        let total = count - (rows.length - without.length);
        if (status === moved.place.status) {
          const found = without.findIndex((row) => row.id === moved.place.beforeId);
          without.splice(found < 0 ? without.length : found, 0, { ...moved.task, status, pending: true });
          total++;
        }
        // Not kept for the drawing after: the slice is not what it shows.
        return [
          status,
          { count: total, slice: { offset, rows: without }, at: (index) => without[index - offset] },
        ];
      }),
    );
    drawn.current = found;
    return found;
  }, [shown, tasks, moved]);

  /** Resolves when the card is shown there. */
  const move = useCallback(
    async (task: TaskRow, to: Place) => {
      const found = keyFor(
        store,
        projectId,
        task.id,
        to,
        tasks.loaded(to.status),
        tasks.counts?.get(to.status) ?? 0,
      );
      const write = (position: string) => {
        const change = to.status === task.status ? { position } : { position, status: to.status };
        void act(`move of “${task.title}”`, changeTask(store.db, task.id, change));
      };
      if (typeof found === 'string') return write(found);
      setMoved({ task, place: to });
      try {
        write(await found);
      } finally {
        setMoved(null);
      }
    },
    [act, store, projectId, tasks],
  );

  const say = (task: TaskRow, to: Place) => {
    const before = to.beforeId && tasks.loaded(to.status).rows.find((row) => row.id === to.beforeId);
    setSaid(`${task.title}: ${statusNames[to.status]}, ${before ? `before ${before.title}` : 'at the end'}`);
  };

  const coordinates: KeyboardCoordinateGetter = (event, { context }) => {
    const direction = directions[event.code];
    const active = context.active?.data.current?.task as TaskRow | undefined;
    if (!direction || !active || !board.current || !dropRef.current) return;
    event.preventDefault();
    const next = placeBeside(board.current, active.id, dropRef.current, direction);
    if (!next) return;
    place(next.place);
    say(active, next.place);
    return { x: next.x, y: next.y };
  };

  const loadedIds = useMemo(
    () => shown.flatMap((status) => tasks.loaded(status).rows.map((row) => row.id)),
    [shown, tasks],
  );
  const tabbableId = focusedId && loadedIds.includes(focusedId) ? focusedId : (loadedIds[0] ?? null);
  useBoardKeys({ shown, tasks, handles, move, projectId });

  const dragging: Dragging = {
    coordinates,
    onStart: ({ active, activatorEvent }) => {
      const task = active.data.current?.task as TaskRow;
      byKeyboard.current = activatorEvent instanceof KeyboardEvent;
      const rows = tasks.loaded(task.status as TaskStatus).rows;
      const index = rows.findIndex((row) => row.id === task.id);
      setLifted(task);
      place({ status: task.status as TaskStatus, beforeId: rows[index + 1]?.id ?? null });
      setSaid(
        `Picked up ${task.title}. Move it with the arrow keys, drop it with Space, leave it with Escape.`,
      );
    },
    onMove: ({ active, activatorEvent, delta }) => {
      if (byKeyboard.current || !board.current) return;
      const start =
        'touches' in activatorEvent
          ? (activatorEvent as TouchEvent).touches[0]
          : (activatorEvent as MouseEvent);
      if (!start) return;
      place(placeAt(board.current, String(active.id), start.clientX + delta.x, start.clientY + delta.y));
    },
    onCancel: () => {
      setLifted(null);
      place(null);
      setSaid('Left where it was.');
    },
    onEnd: () => {
      const to = dropRef.current;
      if (lifted && to && !isSame(lifted, to, tasks.loaded(to.status).rows)) {
        void move(lifted, to);
        setSaid(`Dropped in ${statusNames[to.status]}.`);
      }
      setLifted(null);
      place(null);
    },
  };
  return (
    <DragArea dragging={dragging}>
      <div
        ref={board}
        className="flex h-full gap-2 overflow-x-auto overscroll-x-contain p-3 phone:snap-x phone:snap-mandatory phone:scroll-px-3 data-[dragging=true]:snap-none"
        data-dragging={lifted !== null}
        data-sideways
      >
        {shown.map((status) => {
          const column = columns.get(status)!;
          return (
            <Column
              key={status}
              ref={setHandle[status]}
              status={status}
              projectId={projectId}
              count={column.count}
              slice={column.slice}
              at={column.at}
              dropBefore={drop?.status === status ? drop.beforeId : undefined}
              openId={openId}
              tabbableId={tabbableId}
              readOnly={workspace.readOnly}
              onRange={onRange}
              onOpen={open}
              onFocus={setFocusedId}
            />
          );
        })}
      </div>
      <NoTasks counts={tasks.counts} filters={filters} />
      <p id="card-help" className="sr-only">
        Enter opens the task, Space picks it up to move it.
      </p>
      <p className="sr-only" aria-live="assertive">
        {said}
      </p>
      <DragOverlay dropAnimation={null}>{lifted ? <Lifted task={lifted} /> : null}</DragOverlay>
    </DragArea>
  );
});

/** Dropping a card where it is changes nothing. */
function isSame(task: TaskRow, to: Place, rows: readonly TaskRow[]): boolean {
  if (task.status !== to.status) return false;
  const index = rows.findIndex((row) => row.id === task.id);
  return index >= 0 && (to.beforeId === task.id || (rows[index + 1]?.id ?? null) === to.beforeId);
}
