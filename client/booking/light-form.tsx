// The form for a new booking in light mode.
import { type FormEvent, useState } from 'react';
import type { LightRow } from '../../db/sync/light';
import { Field, inputStyle } from '../kit/field';
import { PlainButton } from '../kit/light';
import { useLightPlace, useLightWrite } from '../sync/light/react';
import { newBooking } from './light-write';

/** @param props.resources those that can be booked */
export function BookingForm({ resources }: { resources: readonly LightRow[] }) {
  const place = useLightPlace();
  const write = useLightWrite();
  const [title, setTitle] = useState('');
  const [resource, setResource] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const span = { start: new Date(from).getTime(), end: new Date(to).getTime() };
    if (!(span.start < span.end)) return setError('A booking must begin before it ends.');
    setError(null);
    const resourceId = resource || String(resources[0]?.id);
    if (await write(newBooking(place, { resourceId, title, span }))) setTitle('');
  };
  return (
    <details>
      <summary className="cursor-default py-2 text-sm font-[550]">New booking</summary>
      <form onSubmit={(event) => void submit(event)} className="flex flex-col items-start gap-3 pt-1">
        <p className="text-sm text-ink-2">
          Whether the time is free is not checked here: the server checks it, and a booking that clashes is
          kept as in conflict.
        </p>
        <Field
          label="What for"
          required
          maxLength={300}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <label className="flex w-full flex-col gap-1.5 text-sm font-[500]">
          Resource
          <select
            className={inputStyle}
            value={resource || String(resources[0]?.id)}
            onChange={(event) => setResource(event.target.value)}
          >
            {resources.map(({ id, name }) => (
              <option key={String(id)} value={String(id)}>
                {String(name)}
              </option>
            ))}
          </select>
        </label>
        <Field
          label="From"
          type="datetime-local"
          required
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <Field
          label="To"
          type="datetime-local"
          required
          value={to}
          onChange={(event) => setTo(event.target.value)}
          error={error}
        />
        <PlainButton type="submit" variant="primary">
          Book
        </PlainButton>
      </form>
    </details>
  );
}
