// The fixed values of resources and bookings, in words and signs.
import { Ban, CircleDashed, DoorOpen, Microscope, TriangleAlert, Truck } from 'lucide-react';
import type { ReactNode } from 'react';

export const kinds = ['room', 'vehicle', 'instrument'] as const;
export type Kind = (typeof kinds)[number];

export const kindNames: Record<Kind, string> = { room: 'Room', vehicle: 'Vehicle', instrument: 'Instrument' };

export function KindIcon({ kind, size = 14 }: { kind: string; size?: number }) {
  const Icon = kind === 'vehicle' ? Truck : kind === 'instrument' ? Microscope : DoorOpen;
  return <Icon size={size} aria-hidden />;
}

export const statusWords: Record<string, string> = {
  confirmed: 'confirmed',
  tentative: 'tentative',
  conflicted: 'conflicted',
  cancelled: 'cancelled',
};

/** What a status means for the person, in one sentence. */
export const statusSentences: Record<string, string> = {
  confirmed: 'The time is yours.',
  tentative: 'Asked for; the time is not held.',
  conflicted: 'It came too late: somebody else holds this time.',
  cancelled: 'Cancelled; it stays so.',
};

/** A sign beside the title; confirmed needs none. */
export function StatusSign({ status, size = 12 }: { status: string; size?: number }): ReactNode {
  if (status === 'tentative') return <CircleDashed size={size} aria-hidden className="shrink-0" />;
  if (status === 'conflicted') {
    return <TriangleAlert size={size} aria-hidden className="shrink-0 text-danger" />;
  }
  if (status === 'cancelled') return <Ban size={size} aria-hidden className="shrink-0" />;
  return null;
}
