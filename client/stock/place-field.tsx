// The choice of a place, with how much lies there.
import { useId } from 'react';
import { inputStyle } from '../kit/field';
import type { PlaceRow } from './queries';

export function PlaceField(props: {
  label: string;
  value: string;
  onChange: (id: string) => void;
  places: readonly PlaceRow[];
  say: (place: PlaceRow) => string;
  /** Said when there is nothing to choose from. */
  none: string;
}) {
  const id = useId();
  const known = props.places.some((place) => place.id === props.value);
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-[500] text-ink">
        {props.label}
      </label>
      {props.places.length === 0 ? (
        <p id={id} className="text-ink-3">
          {props.none}
        </p>
      ) : (
        <select
          id={id}
          value={known ? props.value : ''}
          onChange={(event) => props.onChange(event.target.value)}
          className={inputStyle}
        >
          {known ? null : <option value="">Choose a place</option>}
          {props.places.map((place) => (
            <option key={place.id} value={place.id}>
              {props.say(place)}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
