// A resource made or changed: what it is, how many it holds, where its clocks are, when it is open.
import clsx from 'clsx';
import { type FormEvent, useId, useState } from 'react';
import { isZone } from '../../db/kit/zone';
import { useWorkspace } from '../account';
import { Button } from '../kit/button';
import { ColorDot } from '../kit/color-dot';
import { Dialog } from '../kit/dialog';
import { Field, inputStyle } from '../kit/field';
import { keyBetween } from '../kit/position';
import { swatches } from '../kit/swatches';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import { KindIcon, kindNames, kinds } from './facts';
import type { ResourceRow } from './queries';
import { useResources } from './use-resources';
import { changeResource, createResource } from './write';
import { viewerZone } from './zones';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const zones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')];
/** HH:mm for a time input; the end of the day has no place there but midnight. */
const forInput = (time: string) => (time.startsWith('24:') ? '00:00' : time.slice(0, 5));

export function ResourceDialog({ resource, onClose }: { resource: ResourceRow | null; onClose: () => void }) {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const { byId, active } = useResources();
  const listId = useId();
  const [name, setName] = useState(resource?.name ?? '');
  const [kind, setKind] = useState(resource?.kind ?? 'room');
  const [capacity, setCapacity] = useState(String(resource?.capacity ?? 4));
  const [color, setColor] = useState(
    resource?.color ?? swatches[((active?.length ?? 0) % (swatches.length - 1)) + 1]!,
  );
  const [zone, setZone] = useState(resource?.time_zone ?? viewerZone());
  const [opens, setOpens] = useState(forInput(resource?.opens ?? '08:00'));
  const [closes, setCloses] = useState(forInput(resource?.closes ?? '18:00'));
  const [days, setDays] = useState(resource?.open_days ?? 0b1111111);

  const same = [...byId.values()].find(
    (other) => other.id !== resource?.id && other.name.toLowerCase() === name.trim().toLowerCase(),
  );
  const closesAt = closes === '00:00' ? '24:00' : closes;
  const errors = {
    name:
      name.trim() && same
        ? `There is already a resource with this name${same.archived ? ' among the archived' : ''}.`
        : null,
    zone: isZone(zone) ? null : 'This is not the name of a time zone.',
    closes: opens < closesAt ? null : 'It closes before it opens.',
    days: days === 0 ? 'It is open on one day at least.' : null,
  };
  const ready = name.trim() !== '' && Object.values(errors).every((error) => error === null);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    const fields = {
      kind,
      name: name.trim(),
      capacity: Math.max(1, Math.min(100_000, Math.round(Number(capacity) || 1))),
      color,
      time_zone: zone,
      opens,
      closes: closesAt,
      open_days: days,
    };
    const statements = resource
      ? changeResource(store.db, resource.id, fields)
      : createResource(store.db, {
          ...fields,
          workspaceId: workspace.id,
          position: keyBetween(active?.at(-1)?.position ?? null, null),
        }).statements;
    if (await act(resource ? `changes of ${fields.name}` : `new resource ${fields.name}`, statements))
      onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={resource ? 'Change resource' : 'New resource'}
      width="max-w-[520px]"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="resource" disabled={!ready}>
            {resource ? 'Save' : 'Create resource'}
          </Button>
        </>
      }
    >
      <form id="resource" onSubmit={save} className="flex flex-col gap-4">
        <Field
          label="Name"
          autoFocus
          maxLength={120}
          value={name}
          error={errors.name}
          onChange={(event) => setName(event.target.value)}
        />
        <div className="flex flex-wrap gap-4">
          <fieldset>
            <legend className="mb-1.5 text-sm font-[500]">Kind</legend>
            <div className="flex rounded-md ring-1 ring-line-strong ring-inset">
              {kinds.map((each) => (
                <label
                  key={each}
                  className="flex h-8 items-center gap-1.5 rounded-md px-2.5 has-checked:bg-press has-checked:font-[550] has-focus-visible:outline-2 has-focus-visible:outline-accent"
                >
                  <input
                    type="radio"
                    name="kind"
                    className="sr-only"
                    checked={kind === each}
                    onChange={() => setKind(each)}
                  />
                  <KindIcon kind={each} />
                  {kindNames[each]}
                </label>
              ))}
            </div>
          </fieldset>
          <div className="w-24">
            <Field
              label={kind === 'instrument' ? 'Pieces' : 'Seats'}
              type="number"
              min={1}
              max={100000}
              value={capacity}
              onChange={(event) => setCapacity(event.target.value)}
            />
          </div>
        </div>
        <fieldset>
          <legend className="mb-1.5 text-sm font-[500]">Colour</legend>
          <div className="flex flex-wrap gap-1">
            {swatches.map((each) => (
              <button
                key={each}
                type="button"
                aria-label={`Colour ${each}`}
                aria-pressed={each === color}
                onClick={() => setColor(each)}
                className="flex size-7 items-center justify-center rounded-md hover:bg-hover aria-pressed:ring-2 aria-pressed:ring-accent aria-pressed:ring-inset"
              >
                <ColorDot color={each} />
              </button>
            ))}
          </div>
        </fieldset>
        <div>
          <Field
            label="Time zone"
            list={listId}
            value={zone}
            error={errors.zone}
            hint="Opening hours and weekly repetitions go by its clocks."
            onChange={(event) => setZone(event.target.value.trim())}
          />
          <datalist id={listId}>
            {zones().map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </div>
        <fieldset>
          <legend className="mb-1.5 text-sm font-[500]">Open</legend>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <span className="flex items-center gap-2">
              <input
                type="time"
                aria-label="Opens at"
                value={opens}
                onChange={(event) => setOpens(event.target.value || '00:00')}
                className={clsx(inputStyle, 'w-24')}
              />
              to
              <input
                type="time"
                aria-label="Closes at"
                value={closes}
                aria-invalid={errors.closes ? true : undefined}
                onChange={(event) => setCloses(event.target.value || '00:00')}
                className={clsx(inputStyle, 'w-24')}
              />
            </span>
            <span className="flex gap-px">
              {weekdays.map((day, i) => (
                <button
                  key={day}
                  type="button"
                  aria-pressed={(days & (1 << i)) !== 0}
                  onClick={() => setDays(days ^ (1 << i))}
                  className="h-7 rounded-md px-1.5 text-xs text-ink-3 line-through hover:bg-hover aria-pressed:bg-accent-soft aria-pressed:font-[550] aria-pressed:text-accent-ink aria-pressed:no-underline"
                >
                  {day}
                </button>
              ))}
            </span>
          </div>
          {errors.closes || errors.days ? (
            <p role="alert" className="mt-1.5 text-xs text-danger">
              {errors.closes ?? errors.days}
            </p>
          ) : (
            <p className="mt-1.5 text-xs text-ink-3">Advice only: other times can be booked, too.</p>
          )}
        </fieldset>
      </form>
    </Dialog>
  );
}
