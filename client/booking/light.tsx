// Bookings in light mode: those of the next seven days, and a new one.
import { useMemo } from 'react';
import { parseRange } from '../../db/booking/range';
import { clockTime, type LightFeature, LightPage, PlainMark } from '../kit/light';
import { AsOf } from '../sync/light/as-of';
import { useLightPlace, useLightView } from '../sync/light/react';
import { BookingForm } from './light-form';

export const bookingLight: LightFeature = { name: 'bookings', title: 'Bookings', Page: Bookings };

const DAY = 86_400_000;
const states: Readonly<Record<string, string>> = { tentative: 'Tentative', conflicted: 'In conflict' };

function Bookings() {
  const today = new Date().toDateString();
  const span = useMemo(() => {
    const from = new Date(today);
    return { from: from.toISOString(), to: new Date(from.getTime() + 7 * DAY).toISOString() };
  }, [today]);
  const view = useLightView('bookings', span);
  const names = new Map(view.rows('resources').map(({ id, name }) => [id, String(name)]));
  const { role } = useLightPlace();
  const laid = view.laid('bookings', 'booking');
  const shown = laid.rows.flatMap((booking) => {
    const time = parseRange(String(booking.during));
    // What was laid over may be of another week.
    const isShown = time && time.end > Date.parse(span.from) && time.start < Date.parse(span.to);
    return isShown ? [{ booking, time }] : [];
  });
  const bookings = shown.sort((one, other) => one.time.start - other.time.start);
  const resources = view.rows('resources').filter(({ archived }) => archived !== true);
  const days = new Map<string, typeof bookings>();
  for (const one of bookings) {
    // What began before is shown today.
    const day = new Date(Math.max(one.time.start, Date.parse(span.from))).toDateString();
    days.set(day, [...(days.get(day) ?? []), one]);
  }
  return (
    <LightPage title="Bookings of the next seven days">
      {role === 'guest' || resources.length === 0 ? null : <BookingForm resources={resources} />}
      <AsOf view={view} time={clockTime} />
      {[...days].map(([day, those]) => (
        <section key={day} aria-label={dayName(day)}>
          <h2 className="mb-1 text-sm font-[600]">{day === today ? 'Today' : dayName(day)}</h2>
          <ul className="flex flex-col gap-1">
            {those.map(({ booking, time }) => (
              <li key={String(booking.id)} className="rounded-md bg-surface px-3 py-2 shadow-card">
                <p className="flex items-center gap-2 wrap-anywhere">
                  {String(booking.title)}
                  <PlainMark
                    pending={laid.places.get(String(booking.id)) === 'here'}
                    writing={laid.places.get(String(booking.id)) === 'storing'}
                  />
                </p>
                <p className="text-xs text-ink-2">
                  {names.get(booking.resource_id) ?? 'Unknown resource'},{' '}
                  {clockTime(time.start, new Date(day))} to {clockTime(time.end, new Date(day))},{' '}
                  {String(booking.author) || 'somebody'}
                  {states[String(booking.status)] ? `. ${states[String(booking.status)]}` : ''}
                </p>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {view.kept && bookings.length === 0 ? <p className="text-ink-2">Nothing is booked.</p> : null}
    </LightPage>
  );
}

const dayName = (day: string) =>
  new Date(day).toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' });
