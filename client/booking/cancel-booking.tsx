// Cancelling a booking: asked once, because it stays cancelled; of a series also the ones after it.
import { useEffect, useRef } from 'react';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import { whenText } from './grid-time';
import type { BookingRow } from './queries';
import { cancelBooking } from './write';

export function CancelBooking(props: { booking: BookingRow; onClose: (done: boolean) => void }) {
  const { booking, onClose } = props;
  const store = useStore();
  const act = useAct();
  const start = Date.parse(booking.starts);
  const yes = useRef<HTMLButtonElement>(null);
  // The form below still guards its focus while this mounts: autoFocus would be taken back.
  useEffect(() => {
    const frame = requestAnimationFrame(() => yes.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  const cancel = async (later: boolean) => {
    const { series_id: seriesId } = booking;
    const statements = cancelBooking(
      store.db,
      booking.id,
      later && seriesId ? { seriesId, from: start } : undefined,
    );
    // What is cancelled stays so: there is nothing to undo.
    onClose((await act(`cancelled “${booking.title}”`, statements, { undoable: false })) !== null);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose(false)}
      title="Cancel this booking?"
      description="It stays cancelled, and the time is free for others. Whoever wants it again makes a new booking."
      actions={
        <>
          <Button onClick={() => onClose(false)}>Keep it</Button>
          {booking.series_id ? (
            <Button variant="danger" onClick={() => void cancel(true)}>
              This and later ones
            </Button>
          ) : null}
          <Button variant="danger" ref={yes} onClick={() => void cancel(false)}>
            Cancel booking
          </Button>
        </>
      }
    >
      <p className="font-[550]">{booking.title}</p>
      <p className="text-ink-2">{whenText(start, Date.parse(booking.ends))}</p>
    </Dialog>
  );
}
