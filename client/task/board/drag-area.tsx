// dnd-kit around the board, drawn once: it has every card drawn anew whenever it is itself, so what it holds reaches
// it by a context, and what it calls by a reference.
import {
  type Announcements,
  DndContext,
  type DragMoveEvent,
  type DragStartEvent,
  KeyboardCode,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { createContext, memo, type ReactNode, type RefObject, useContext, useMemo, useRef } from 'react';

export interface Dragging {
  onStart(event: DragStartEvent): void;
  onMove(event: DragMoveEvent): void;
  onCancel(): void;
  onEnd(): void;
  /** Where a key moves what is picked up. */
  readonly coordinates: KeyboardCoordinateGetter;
}

const mouse = { activationConstraint: { distance: 5 } };
const touch = { activationConstraint: { delay: 220, tolerance: 8 } };
const keyboardCodes = {
  start: [KeyboardCode.Space],
  cancel: [KeyboardCode.Esc],
  end: [KeyboardCode.Space, KeyboardCode.Enter],
};
/** What dnd-kit would say does not fit; the board has a live region of its own. */
const silent: Announcements = {
  onDragStart: () => undefined,
  onDragOver: () => undefined,
  onDragEnd: () => undefined,
  onDragCancel: () => undefined,
};
const accessibility = { announcements: silent, screenReaderInstructions: { draggable: '' } };
const autoScroll = { threshold: { x: 0.12, y: 0.16 }, acceleration: 12 };

const Held = createContext<ReactNode>(null);

/** @param props.dragging what happens to what is dragged; it may be another at each drawing */
export function DragArea(props: { dragging: Dragging; children: ReactNode }) {
  const dragging = useRef(props.dragging);
  dragging.current = props.dragging;
  return (
    <Held value={props.children}>
      <Area dragging={dragging} />
    </Held>
  );
}

function Inside() {
  return useContext(Held);
}

const Area = memo(function Area({ dragging }: { dragging: RefObject<Dragging> }) {
  const byKeyboard = useMemo(
    () => ({
      coordinateGetter: (...given: Parameters<KeyboardCoordinateGetter>) =>
        dragging.current.coordinates(...given),
      keyboardCodes,
    }),
    [dragging],
  );
  const sensors = useSensors(
    useSensor(MouseSensor, mouse),
    useSensor(TouchSensor, touch),
    useSensor(KeyboardSensor, byKeyboard),
  );
  return (
    <DndContext
      sensors={sensors}
      accessibility={accessibility}
      autoScroll={autoScroll}
      onDragStart={(event) => dragging.current.onStart(event)}
      onDragMove={(event) => dragging.current.onMove(event)}
      onDragCancel={() => dragging.current.onCancel()}
      onDragEnd={() => dragging.current.onEnd()}
    >
      <Inside />
    </DndContext>
  );
});
