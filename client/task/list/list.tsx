// The list: all tasks of a project in groups by status, of which only the rows near the screen exist.
import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { ChevronRight, Plus } from 'lucide-react';
import { memo, useCallback, useMemo, useRef, useState } from 'react';
import { useWorkspace } from '../../account';
import { Boundary } from '../../kit/boundary';
import { IconButton } from '../../kit/button';
import { useShortcut } from '../../kit/keys/keyboard';
import { recall, remember } from '../../kit/remember';
import { useAct } from '../../sync/react/act';
import { useStore } from '../../sync/react/store-context';
import { useFocusedTask, useOpenTask } from '../active-task';
import { focusTask } from '../board/keys';
import { keyFor } from '../board/place';
import { statusNames, type TaskStatus } from '../facts';
import type { Filters } from '../filters';
import { StatusIcon } from '../icons';
import { NoTasks } from '../no-tasks';
import { type Slice, shownStatuses } from '../queries';
import { QuickAdd } from '../quick-add';
import { taskShortcuts } from '../shortcuts';
import { block, useTaskWindow } from '../task-window';
import { changeTask } from '../write';
import { flatten, lineAt, lineOf, rowsWithin } from './lines';
import { ListRow } from './row';

const rowHeight = 38;
const blockSize = 40;

export const List = memo(function List({ projectId, filters }: { projectId: string; filters: Filters }) {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const { openId, open } = useOpenTask();
  const { focusedId, setFocusedId } = useFocusedTask();
  const scroller = useRef<HTMLDivElement>(null);
  const [closed, setClosed] = useState<TaskStatus[]>(() => recall<TaskStatus[]>(`closed.${projectId}`) ?? []);
  const [adding, setAdding] = useState<TaskStatus | null>(null);
  const [slices, setSlices] = useState<Slice[]>([]);
  const shown = useMemo(() => shownStatuses(filters), [filters]);
  const tasks = useTaskWindow(projectId, filters, slices);

  const groups = useMemo(
    () =>
      flatten(
        shown,
        tasks.counts,
        closed,
        Object.keys(filters).some((name) => filters[name as keyof Filters]),
      ),
    [shown, tasks.counts, closed, filters],
  );
  const total = groups.at(-1)?.end ?? 0;
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    paddingEnd: 40,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const window = block(first, last, blockSize);
  const wanted = rowsWithin(groups, window.offset, window.offset + window.limit);
  // Adjusting state while rendering: the next render asks for what this one found to be on the screen.
  if (JSON.stringify(wanted) !== JSON.stringify(slices)) setSlices(wanted);

  const toggle = (status: TaskStatus) => {
    const next = closed.includes(status) ? closed.filter((s) => s !== status) : [...closed, status];
    setClosed(next);
    remember(`closed.${projectId}`, next);
  };

  const find = (id: string | null) => {
    for (const status of shown) {
      const { offset, rows } = tasks.loaded(status);
      const i = rows.findIndex((row) => row.id === id);
      if (i >= 0) return { status, index: offset + i, task: rows[i]! };
    }
    return null;
  };
  const go = (line: number) => {
    const at = lineAt(groups, line);
    const task = at?.index === undefined ? undefined : tasks.at(at.status, at.index);
    if (!task) return false;
    virtual.scrollToIndex(line);
    focusTask(task.id);
    if (openId) open(task.id);
    return true;
  };
  const step = (by: 1 | -1) => () => {
    const at = find(openId ?? focusedId);
    let line = at ? (lineOf(groups, at.status, at.index) ?? 0) + by : 1;
    // A header lies between two groups.
    while (line >= 0 && line < total && lineAt(groups, line)?.index === undefined) line += by;
    return go(line);
  };
  const shift = (by: 1 | -1) => () => {
    const at = find(openId ?? focusedId);
    if (!at || at.index + by < 0 || !tasks.at(at.status, at.index + by)) return false;
    const before = tasks.at(at.status, by > 0 ? at.index + 2 : at.index - 1);
    const place = { status: at.status, beforeId: before?.id ?? null };
    const count = tasks.counts?.get(at.status) ?? 0;
    const found = keyFor(store, projectId, at.task.id, place, tasks.loaded(at.status), count);
    const write = (position: string) => {
      void act(`move of “${at.task.title}”`, changeTask(store.db, at.task.id, { position }));
      requestAnimationFrame(() => focusTask(at.task.id));
    };
    if (typeof found === 'string') write(found);
    else void found.then(write);
  };
  useShortcut(taskShortcuts.next, step(1));
  useShortcut(taskShortcuts.previous, step(-1));
  useShortcut(taskShortcuts.moveUp, workspace.readOnly === null ? shift(-1) : null);
  useShortcut(taskShortcuts.moveDown, workspace.readOnly === null ? shift(1) : null);

  const onFocus = useCallback((id: string) => setFocusedId(id), [setFocusedId]);
  const firstId = shown.map((status) => tasks.loaded(status).rows[0]?.id).find(Boolean);
  const tabbableId = focusedId && find(focusedId) ? focusedId : firstId;

  return (
    <div ref={scroller} className="h-full overflow-y-auto overscroll-y-contain">
      {tasks.counts === undefined ? (
        <ListSkeleton />
      ) : (
        <ul aria-label="Tasks" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const line = lineAt(groups, item.index);
            if (!line) return null;
            const task = line.index === undefined ? undefined : tasks.at(line.status, line.index);
            return (
              <li
                key={task?.id ?? `line-${item.index}`}
                className="absolute inset-x-0"
                style={{ height: item.size, top: item.start }}
              >
                {line.index === undefined ? (
                  <GroupHeader
                    status={line.status}
                    count={tasks.counts?.get(line.status) ?? 0}
                    closed={closed.includes(line.status)}
                    readOnly={workspace.readOnly}
                    onToggle={() => toggle(line.status)}
                    onAdd={() => setAdding(line.status)}
                  />
                ) : task ? (
                  <Boundary what="task" of={task} onOpen={() => open(task.id)} className="h-full">
                    <ListRow
                      task={task}
                      open={openId === task.id}
                      tabbable={tabbableId === task.id}
                      onOpen={open}
                      onFocus={onFocus}
                    />
                  </Boundary>
                ) : (
                  <div className="flex h-full items-center gap-3 border-b border-line px-4" aria-hidden>
                    <span className="size-3.5 rounded-full bg-press" />
                    <span className="h-2.5 w-1/3 rounded bg-press" />
                  </div>
                )}
              </li>
            );
          })}
        </ul>
      )}
      <NoTasks counts={tasks.counts} filters={filters} />
      {adding ? (
        <div className="anim-pop fixed inset-x-4 bottom-4 z-20 mx-auto max-w-md rounded-lg bg-raised p-2 shadow-pop">
          <p className="flex items-center gap-2 px-1 pb-2 text-xs text-ink-2">
            <StatusIcon status={adding} /> New task in {statusNames[adding]}
          </p>
          <QuickAdd projectId={projectId} status={adding} onClose={() => setAdding(null)} />
        </div>
      ) : null}
    </div>
  );
});

function GroupHeader(props: {
  status: TaskStatus;
  count: number;
  closed: boolean;
  readOnly: string | null;
  onToggle: () => void;
  onAdd: () => void;
}) {
  const name = statusNames[props.status];
  return (
    <div className="flex h-full items-center gap-1 border-b border-line bg-sunken pr-3 pl-2">
      <button
        type="button"
        aria-expanded={!props.closed}
        aria-label={`${name}, ${props.count} tasks`}
        onClick={props.onToggle}
        className="flex h-7 items-center gap-2 rounded-md px-2 hover:bg-hover"
      >
        <ChevronRight
          size={13}
          aria-hidden
          className={clsx('text-ink-3 transition-transform duration-100', !props.closed && 'rotate-90')}
        />
        <StatusIcon status={props.status} />
        <span className="font-[550]">{name}</span>
        <span className="text-xs text-ink-3 tabular-nums">{props.count}</span>
      </button>
      <div className="flex-1" />
      <IconButton label={`Add a task to ${name}`} reason={props.readOnly} onClick={props.onAdd}>
        <Plus size={15} aria-hidden />
      </IconButton>
    </div>
  );
}

function ListSkeleton() {
  return (
    <div aria-hidden>
      {[38, 52, 27, 61, 44, 33, 56, 29].map((width) => (
        <div
          key={width}
          className="flex items-center gap-3 border-b border-line px-4"
          style={{ height: rowHeight }}
        >
          <span className="skeleton size-3.5 rounded-full" />
          <span className="skeleton h-2.5" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}
