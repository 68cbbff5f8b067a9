// A booking made or changed. What is in the way is said before it is saved, with what is free instead.
import { useState } from 'react';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { useLive } from '../sync/react/store-context';
import { BookingForm } from './booking-form';
import { bookingOptions } from './laying';
import { type BookingRow, bookingById, type ResourceRow } from './queries';
import type { Wanted } from './wanted';

export function BookingDialog(props: {
  /** null: a new one. */
  bookingId: string | null;
  /** Where and when it is wanted; for a booking that exists, instead of what it has. */
  wanted: Wanted | null;
  resources: readonly ResourceRow[];
  onClose: () => void;
}) {
  const { bookingId, wanted, onClose } = props;
  const rows = useLive<BookingRow>(
    (db) => (bookingId ? bookingById(db, bookingId) : null),
    [bookingId],
    bookingOptions,
  );
  const live = bookingId ? rows?.[0] : null;
  // A booking that goes while it is open stays readable until the dialog is closed.
  const [last, setLast] = useState(live);
  if (live && live !== last) setLast(live);
  const booking = live ?? last;
  if (bookingId && rows === undefined) return null;
  if (bookingId && !booking) {
    return (
      <Dialog
        open
        onOpenChange={onClose}
        title="This booking is not on this device"
        description="It may have been deleted, or it is somebody's private one."
        actions={<Button onClick={onClose}>Close</Button>}
      />
    );
  }
  const at = wanted ?? {
    resourceId: booking!.resource_id,
    start: Date.parse(booking!.starts),
    end: Date.parse(booking!.ends),
  };
  return (
    <BookingForm
      booking={booking ?? null}
      wanted={at}
      isMoved={wanted !== null && bookingId !== null}
      resources={props.resources}
      onClose={onClose}
    />
  );
}
