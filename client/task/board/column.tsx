// A column of the board: its header, quick-add, and its cards, of which only those near the screen exist.
import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { Plus } from 'lucide-react';
import {
  memo,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Boundary } from '../../kit/boundary';
import { IconButton } from '../../kit/button';
import { statusNames, type TaskStatus } from '../facts';
import { StatusIcon } from '../icons';
import type { TaskRow } from '../queries';
import { QuickAdd } from '../quick-add';
import { block, type LoadedSlice } from '../task-window';
import { Card } from './card';

export interface ColumnHandle {
  readonly scrollTo: (index: number) => void;
}

function DropLine() {
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute inset-x-1 -top-1.5 z-10 h-0.5 rounded-full bg-accent"
    />
  );
}

/**
 * The keys of a column's cards by their place. The function stays the same while the same cards stand in the same
 * places: the virtualizer asks for all keys of the column anew when it changes.
 */
function useItemKey({ offset, rows }: LoadedSlice): (index: number) => string {
  const order = `${offset} ${rows.map((row) => row.id).join(' ')}`;
  return useMemo(() => {
    const [first, ...ids] = order.split(' ');
    return (index: number) => ids[index - Number(first)] || `place-${index}`;
  }, [order]);
}

const estimateSize = () => 86;
const gap = 8;
const blockSize = 12;

export const Column = memo(function Column(props: {
  ref: Ref<ColumnHandle>;
  status: TaskStatus;
  projectId: string;
  /** undefined: not known yet. */
  count: number | undefined;
  /** What is loaded of it. */
  slice: LoadedSlice;
  at: (index: number) => TaskRow | undefined;
  /** A card is over this column: before which one it would go; null is the end, undefined is elsewhere. */
  dropBefore: string | null | undefined;
  openId: string | null;
  tabbableId: string | null;
  readOnly: string | null;
  onRange: (status: TaskStatus, offset: number, limit: number) => void;
  onOpen: (id: string) => void;
  onFocus: (id: string) => void;
}) {
  const { status, count, at, dropBefore, onRange } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [adding, setAdding] = useState(false);
  const virtual = useVirtualizer({
    count: count ?? 0,
    getScrollElement: useCallback(() => scroller.current, []),
    estimateSize,
    gap,
    overscan: 4,
    paddingEnd: 24,
    getItemKey: useItemKey(props.slice),
  });
  useImperativeHandle(props.ref, () => ({ scrollTo: (index) => virtual.scrollToIndex(index) }), [virtual]);
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const range = block(first, Math.max(last, 9), blockSize);
  useEffect(() => onRange(status, range.offset, range.limit), [onRange, status, range.offset, range.limit]);
  const name = statusNames[status];
  const over = dropBefore !== undefined;
  return (
    <section
      aria-label={`${name}, ${count ?? 0} ${count === 1 ? 'task' : 'tasks'}`}
      data-column={status}
      className={clsx(
        'flex h-full min-w-[264px] max-w-[340px] flex-1 snap-center flex-col rounded-lg bg-sunken phone:min-w-[84vw]',
        over && 'ring-1 ring-accent/40 ring-inset',
      )}
    >
      <div className="flex h-9 shrink-0 items-center gap-2 pr-1.5 pl-3">
        <StatusIcon status={status} />
        <h2 className="text-sm font-[550]">{name}</h2>
        <span className="text-xs text-ink-3 tabular-nums">{count ?? ''}</span>
        <div className="flex-1" />
        <IconButton label={`Add a task to ${name}`} reason={props.readOnly} onClick={() => setAdding(true)}>
          <Plus size={15} aria-hidden />
        </IconButton>
      </div>
      {adding ? (
        <div className="px-2 pb-2">
          <QuickAdd projectId={props.projectId} status={status} onClose={() => setAdding(false)} />
        </div>
      ) : null}
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-y-contain px-2 pt-2">
        {count === undefined ? (
          <ColumnSkeleton />
        ) : (
          <ul className="relative" style={{ height: Math.max(virtual.getTotalSize(), 48) }}>
            {items.map((item) => {
              const task = at(item.index);
              return (
                <li
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  className="absolute inset-x-0"
                  style={{ top: item.start }}
                >
                  {task && dropBefore === task.id ? <DropLine /> : null}
                  {task ? (
                    <Boundary what="task" of={task} onOpen={() => props.onOpen(task.id)}>
                      <Card
                        task={task}
                        open={props.openId === task.id}
                        tabbable={props.tabbableId === task.id}
                        readOnly={props.readOnly !== null}
                        onOpen={props.onOpen}
                        onFocus={props.onFocus}
                      />
                    </Boundary>
                  ) : (
                    <div className="h-[78px] rounded-lg bg-press/60" />
                  )}
                </li>
              );
            })}
            {over && dropBefore === null ? (
              <li
                className="absolute inset-x-0"
                style={{ top: Math.max(0, virtual.getTotalSize() - 24) + gap + 6 }}
              >
                <DropLine />
              </li>
            ) : null}
          </ul>
        )}
      </div>
    </section>
  );
});

function ColumnSkeleton() {
  return (
    <div className="flex flex-col gap-2" aria-hidden>
      {[70, 88, 70].map((height, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: fixed decoration
        <div key={i} className="rounded-lg bg-surface p-3 shadow-card" style={{ height }}>
          <div className="skeleton h-2.5 w-4/5" />
          <div className="skeleton mt-2.5 h-2.5 w-2/5" />
        </div>
      ))}
    </div>
  );
}
