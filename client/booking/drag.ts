// Dragging in the grid with a mouse, a pen or a finger: an empty place makes a span, a booking moves, its edges
// stretch. A finger holds still first, so that it can scroll.

import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { Span } from '../../db/booking/range';
import { STEP_MS, timeAt } from './grid-time';
import type { GridColumn, Segment } from './lanes';
import type { BookingRow } from './queries';

export const ROW_PX = 24;
const HOLD_MS = 320;
/** A hand is not still: less than this is no movement, px. */
const SLACK = 5;
/** What a click without a drag books, ms. */
export const CLICK_MS = 60 * 60_000;

export interface Drag extends Span {
  readonly kind: 'create' | 'move' | 'start' | 'end';
  readonly booking: BookingRow | null;
  readonly resourceId: string;
}

interface Grip {
  readonly kind: Drag['kind'];
  readonly segment: Segment | null;
  readonly column: number;
  /** Where it was taken, in rows: below the top of the booking's piece, or on the axis. */
  readonly rows: number;
  readonly x: number;
  readonly y: number;
}

export interface DragHandlers {
  onCreate(resourceId: string, span: Span): void;
  onMove(booking: BookingRow, resourceId: string, span: Span): void;
}

export function useDrag(
  grid: {
    area: RefObject<HTMLElement | null>;
    scroller: RefObject<HTMLElement | null>;
    columns: readonly GridColumn[];
    segments: readonly Segment[];
    enabled: boolean;
  } & DragHandlers,
) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const latest = useRef(grid);
  useEffect(() => {
    latest.current = grid;
  });
  const dragging = useRef(false);
  /** Ends the gesture that is under way, if the page goes. */
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);
  // A finger that drags must not scroll; only a listener that is not passive can say so.
  useEffect(() => {
    const element = grid.scroller.current;
    const hold = (event: TouchEvent) => dragging.current && event.preventDefault();
    element?.addEventListener('touchmove', hold, { passive: false });
    return () => element?.removeEventListener('touchmove', hold);
  }, [grid.scroller]);

  const place = (x: number, y: number) => {
    const { area, columns } = latest.current;
    const box = area.current!.getBoundingClientRect();
    const column = Math.floor(((x - box.left) / box.width) * columns.length);
    return {
      column: Math.max(0, Math.min(columns.length - 1, column)),
      rows: Math.max(0, (y - box.top) / ROW_PX),
    };
  };

  const spanOf = (grip: Grip, x: number, y: number): Drag => {
    const { columns } = latest.current;
    const at = place(x, y);
    const { kind, segment } = grip;
    if (!segment) {
      const { day, resource } = columns[grip.column]!;
      const from = timeAt(day, grip.rows);
      const to = timeAt(day, at.rows, 'nearest');
      const span =
        to > from
          ? { start: from, end: Math.max(to, from + STEP_MS) }
          : { start: Math.min(to, from), end: from + STEP_MS };
      return { kind, booking: null, resourceId: resource.id, ...span };
    }
    const { booking } = segment;
    const start = Date.parse(booking.starts);
    const end = Date.parse(booking.ends);
    const target = columns[at.column]!;
    if (kind === 'move') {
      // The piece may be the second day's: the booking began earlier than what was taken.
      const before = segment.first ? 0 : columns[segment.column]!.day.start - start;
      const moved = timeAt(target.day, Math.max(0, at.rows - grip.rows), 'nearest') - before;
      return {
        kind,
        booking,
        resourceId: target.resource.id,
        start: moved,
        end: moved + (end - start),
      };
    }
    const { day } = target.resource.id === booking.resource_id ? target : columns[segment.column]!;
    const edge = timeAt(day, at.rows, 'nearest');
    return kind === 'start'
      ? { kind, booking, resourceId: booking.resource_id, start: Math.min(edge, end - STEP_MS), end }
      : { kind, booking, resourceId: booking.resource_id, start, end: Math.max(edge, start + STEP_MS) };
  };

  const onPointerDown = (event: PointerEvent) => {
    const { enabled, segments, columns } = latest.current;
    if (!enabled || event.button !== 0 || stop.current) return;
    const target = event.target as Element;
    const key = target.closest<HTMLElement>('[data-segment]')?.dataset.segment;
    const edge = target.closest<HTMLElement>('[data-edge]')?.dataset.edge as 'start' | 'end' | undefined;
    const segment = segments.find((s) => s.key === key) ?? null;
    if (!segment && target.closest('button,a')) return;
    if (segment && (segment.booking.status === 'cancelled' || columns.length === 0)) return;
    const at = place(event.clientX, event.clientY);
    const grip: Grip = {
      kind: segment ? (edge ?? 'move') : 'create',
      segment,
      column: at.column,
      rows: segment && !edge ? at.rows - segment.top : at.rows,
      x: event.clientX,
      y: event.clientY,
    };
    const touch = event.pointerType === 'touch';
    let current: Drag | null = null;
    let point = { x: event.clientX, y: event.clientY };
    let frame = 0;
    const begin = () => {
      dragging.current = true;
      move();
      frame = requestAnimationFrame(scroll);
    };
    const move = () => {
      current = spanOf(grip, point.x, point.y);
      setDrag(current);
    };
    const scroll = () => {
      const box = latest.current.scroller.current?.getBoundingClientRect();
      if (!box) return;
      const near = (value: number, low: number, high: number) =>
        value < low + 44 ? -7 : value > high - 28 ? 7 : 0;
      const dy = near(point.y, box.top + 40, box.bottom);
      if (dy) {
        latest.current.scroller.current?.scrollBy(0, dy);
        move();
      }
      frame = requestAnimationFrame(scroll);
    };
    const timer = touch && !edge ? setTimeout(begin, HOLD_MS) : undefined;
    const onPointerMove = (next: globalThis.PointerEvent) => {
      if (next.pointerId !== event.pointerId) return;
      point = { x: next.clientX, y: next.clientY };
      const far = Math.abs(point.x - grip.x) > SLACK || Math.abs(point.y - grip.y) > SLACK;
      if (dragging.current) move();
      else if (far && touch && !edge) end();
      else if (far) begin();
    };
    const onPointerUp = (next: globalThis.PointerEvent) => {
      if (next.pointerId !== event.pointerId) return;
      const done = dragging.current ? current : null;
      const still = !dragging.current && grip.kind === 'create';
      end();
      const { onCreate, onMove } = latest.current;
      if (still) {
        const { day, resource } = columns[grip.column]!;
        const start = timeAt(day, Math.floor(grip.rows));
        onCreate(resource.id, { start, end: start + CLICK_MS });
      }
      if (!done) return;
      // The click that follows is the end of the drag, not a click.
      const swallow = (click: Event) => {
        click.stopPropagation();
        click.preventDefault();
      };
      window.addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 0);
      if (done.booking) onMove(done.booking, done.resourceId, done);
      else onCreate(done.resourceId, done);
    };
    const onKeyDown = (key: KeyboardEvent) => {
      if (key.key !== 'Escape') return;
      key.stopPropagation();
      end();
    };
    const end = () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      dragging.current = false;
      stop.current = null;
      setDrag(null);
      window.removeEventListener('pointermove', onPointerMove);
      window.removeEventListener('pointerup', onPointerUp);
      window.removeEventListener('pointercancel', end);
      window.removeEventListener('keydown', onKeyDown, true);
    };
    stop.current = end;
    window.addEventListener('pointermove', onPointerMove);
    window.addEventListener('pointerup', onPointerUp);
    window.addEventListener('pointercancel', end);
    window.addEventListener('keydown', onKeyDown, true);
  };
  return { drag, onPointerDown };
}
