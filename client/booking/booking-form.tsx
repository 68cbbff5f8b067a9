// The form of a booking: what, where, when, who; repetition for new ones.
import { Lock, Repeat } from 'lucide-react';
import { type FormEvent, type ReactNode, useId, useMemo, useState } from 'react';
import type { AlternativeRow } from '../../db/booking/alternatives';
import { isOpenFor } from '../../db/booking/opening';
import type { Span } from '../../db/booking/range';
import { MAX_OCCURRENCES, weekly } from '../../db/booking/repetition';
import { canWriteRow } from '../../db/sync/access';
import { access } from '../../db/tables';
import { useAuthor, useSession, useWorkspace } from '../account';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { inputStyle } from '../kit/field';
import { SyncMark } from '../kit/mark';
import { format } from '../kit/when';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import { AdviceBox, useAdvice } from './advice';
import { CancelBooking } from './cancel-booking';
import { CaseOf } from './case-card';
import { StatusSign, statusSentences, statusWords } from './facts';
import { whenText } from './grid-time';
import { PeopleField } from './people-field';
import type { BookingRow, ResourceRow } from './queries';
import { ResourceField } from './resource-field';
import type { Wanted } from './wanted';
import { type BookingStatus, changeBooking, createBookings } from './write';
import { differs, placeName, spanIn } from './zones';

const forInput = (at: number) => format(at, "yyyy-MM-dd'T'HH:mm");

/** A time as a person edits it; what was not touched stays what it was, also in an hour that comes twice. */
interface Edited {
  readonly text: string;
  readonly at: number;
}
const edited = (at: number): Edited => ({ text: forInput(at), at });

function Labelled({ label, id, children }: { label: string; id?: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      {id ? (
        <label htmlFor={id} className="text-sm font-[500]">
          {label}
        </label>
      ) : (
        <span className="text-sm font-[500]">{label}</span>
      )}
      {children}
    </div>
  );
}

export function BookingForm(props: {
  booking: BookingRow | null;
  wanted: Wanted;
  /** It was moved in the calendar, and that is not written yet. */
  isMoved: boolean;
  resources: readonly ResourceRow[];
  onClose: () => void;
}) {
  const { booking, wanted } = props;
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const session = useSession();
  const author = useAuthor();
  const id = useId();
  const userId = session?.user.id ?? '';
  const [title, setTitle] = useState(booking?.title ?? '');
  const [resourceId, setResourceId] = useState(wanted.resourceId);
  const [start, setStart] = useState(() => edited(wanted.start));
  const [end, setEnd] = useState(() => edited(wanted.end));
  const [notes, setNotes] = useState(booking?.notes ?? '');
  const [isPrivate, setPrivate] = useState(booking?.private ?? false);
  const [people, setPeople] = useState<string[]>(
    Array.isArray(booking?.people) ? (booking.people as string[]) : [],
  );
  const [repeat, setRepeat] = useState<'no' | 'count' | 'until'>('no');
  const [count, setCount] = useState('8');
  const [until, setUntil] = useState(() => format(wanted.start + 56 * 86_400_000, 'yyyy-MM-dd'));
  const [cancelling, setCancelling] = useState(false);

  const resource = props.resources.find((r) => r.id === resourceId);
  const readOnly =
    workspace.readOnly ??
    (booking === null ||
    canWriteRow(workspace.role, access.booking, 'update', { ownerId: booking.user_id }, userId)
      ? booking?.status === 'cancelled'
        ? 'A cancelled booking stays cancelled; make a new one for this time.'
        : null
      : 'It is somebody else’s booking: they and owners of the workspace can change it.');

  const isSpan = start.at < end.at && end.at - start.at <= 60 * 86_400_000;
  const spans = useMemo<Span[]>(() => {
    if (!isSpan) return [];
    const first = { start: start.at, end: end.at };
    if (repeat === 'no' || !resource) return [first];
    const limit =
      repeat === 'count'
        ? { count: Math.max(1, Math.min(MAX_OCCURRENCES, Math.round(Number(count)) || 1)) }
        : { until: new Date(`${until}T23:59:59`).getTime() || start.at };
    return weekly(first, resource.time_zone, limit);
  }, [isSpan, start.at, end.at, repeat, count, until, resource]);
  const holds = booking?.status !== 'cancelled' && readOnly === null;
  const advice = useAdvice(resourceId, holds ? spans : [], booking?.id);
  const isTaken = (advice.taken?.length ?? 0) > 0;
  const outside = resource && spans[0] && !isOpenFor(resource, spans[0]);

  const choose = (row: AlternativeRow) => {
    setResourceId(row.resource_id);
    setStart(edited(Date.parse(row.starts)));
    setEnd(edited(Date.parse(row.ends)));
  };
  const changeStart = (text: string) => {
    const at = text === forInput(wanted.start) ? wanted.start : new Date(text).getTime();
    setStart({ text, at });
    // The length stays; the end goes along.
    if (at > 0 && start.at < end.at) setEnd(edited(at + (end.at - start.at)));
  };
  const changeEnd = (text: string) =>
    setEnd({ text, at: text === forInput(wanted.end) ? wanted.end : new Date(text).getTime() });

  const unheld = booking?.status === 'tentative' || booking?.status === 'conflicted';
  const isElsewhere =
    booking !== null &&
    (booking.resource_id !== resourceId ||
      Date.parse(booking.starts) !== start.at ||
      Date.parse(booking.ends) !== end.at);

  const write = async (asTentative: boolean) => {
    const fields = { resourceId, title, notes, private: isPrivate, people };
    if (booking) {
      const status: BookingStatus | undefined = asTentative
        ? 'tentative'
        : unheld && !isTaken
          ? 'confirmed'
          : unheld && isElsewhere
            ? 'tentative'
            : undefined;
      const statements = changeBooking(store.db, booking.id, {
        ...fields,
        ...(isElsewhere ? { span: { start: start.at, end: end.at } } : {}),
        ...(status && status !== booking.status ? { status } : {}),
      });
      if (await act(`changes of “${title.trim()}”`, statements)) props.onClose();
      return;
    }
    const clashing = new Set(advice.taken?.map((clash) => clash.wish));
    const { statements } = createBookings(store.db, {
      ...fields,
      workspaceId: workspace.id,
      userId,
      author: author.name,
      occurrences: spans.map((span, i) => ({ ...span, status: clashing.has(i) ? 'tentative' : 'confirmed' })),
    });
    if (await act(`booking “${title.trim()}”`, statements)) props.onClose();
  };

  const incomplete = title.trim() === '' || !isSpan || !resource;
  // Something that waits for a decision can be renamed without one.
  const mayStayTaken = unheld && !isElsewhere;
  const blocked = incomplete
    ? null
    : advice.taken === undefined
      ? 'Looking for clashes…'
      : isTaken && !mayStayTaken
        ? 'This time is taken. Choose what is free, or ask anyway.'
        : null;
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (readOnly === null && !incomplete && blocked === null) void write(false);
  };
  const startsElsewhere = resource && isSpan && differs(resource.time_zone, start.at);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && props.onClose()}
      title={booking ? (props.isMoved ? 'Move booking' : 'Booking') : 'New booking'}
      width="max-w-[600px]"
      actions={
        <>
          {booking && readOnly === null ? (
            <Button variant="ghost" className="mr-auto text-danger!" onClick={() => setCancelling(true)}>
              Cancel booking
            </Button>
          ) : null}
          <Button onClick={props.onClose}>{readOnly ? 'Close' : 'Back'}</Button>
          {readOnly === null && isTaken && !mayStayTaken && !incomplete ? (
            <Button onClick={() => void write(true)}>Ask anyway (tentative)</Button>
          ) : null}
          {readOnly ? null : (
            <Button variant="primary" type="submit" form={id} disabled={incomplete} reason={blocked}>
              {booking
                ? unheld && !isTaken
                  ? 'Confirm'
                  : 'Save'
                : spans.length > 1
                  ? `Book ${spans.length} weeks`
                  : 'Book'}
            </Button>
          )}
        </>
      }
    >
      <form
        id={id}
        onSubmit={submit}
        onKeyDown={(event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && submit()}
        className="flex flex-col gap-4"
      >
        <input
          autoFocus
          aria-label="Title"
          placeholder="What for?"
          maxLength={300}
          value={title}
          readOnly={readOnly !== null}
          onChange={(event) => setTitle(event.target.value)}
          className="w-full bg-transparent text-lg font-[600] tracking-[-0.011em] focus-visible:outline-none"
        />
        {booking ? (
          <p className="-mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-2">
            <span className="flex items-center gap-1">
              <StatusSign status={booking.status} />
              <span>
                {capital(statusWords[booking.status] ?? booking.status)}
                {booking.status === 'confirmed' ? '' : `: ${statusSentences[booking.status] ?? ''}`}
              </span>
            </span>
            <span>By {booking.author || 'somebody'}</span>
            {booking.series_id ? (
              <span className="flex items-center gap-1">
                <Repeat size={12} aria-hidden /> One of a weekly series
              </span>
            ) : null}
            <SyncMark pending={booking.pending} words />
          </p>
        ) : null}
        {readOnly && booking ? <p className="text-xs text-ink-3">{readOnly}</p> : null}
        {booking?.violation_id ? <CaseOf violationId={booking.violation_id} onMoved={props.onClose} /> : null}
        <div className="grid gap-4 sm:grid-cols-2">
          <div className="sm:col-span-2">
            <Labelled label="Resource">
              <ResourceField
                resources={props.resources}
                value={resourceId}
                onChange={(next) => next && readOnly === null && setResourceId(next)}
                className="inline-flex h-8 w-full items-center gap-2 rounded-md px-2.5 text-sm ring-1 ring-line-strong ring-inset hover:bg-hover"
              />
            </Labelled>
          </div>
          <Labelled label="Starts" id={`${id}-start`}>
            <input
              id={`${id}-start`}
              type="datetime-local"
              value={start.text}
              readOnly={readOnly !== null}
              onChange={(event) => changeStart(event.target.value)}
              className={inputStyle}
            />
          </Labelled>
          <Labelled label="Ends" id={`${id}-end`}>
            <input
              id={`${id}-end`}
              type="datetime-local"
              value={end.text}
              readOnly={readOnly !== null}
              aria-invalid={isSpan ? undefined : true}
              onChange={(event) => changeEnd(event.target.value)}
              className={inputStyle}
            />
          </Labelled>
        </div>
        {isSpan ? null : (
          <p role="alert" className="-mt-2 text-xs text-danger">
            A booking begins before it ends, and lasts 60 days at most.
          </p>
        )}
        {startsElsewhere ? (
          <p className="-mt-2 text-xs text-ink-2">
            Your time. There ({placeName(resource.time_zone)}) it is{' '}
            {spanIn(resource.time_zone, start.at, end.at)}.
          </p>
        ) : null}
        {outside ? (
          <p className="-mt-2 text-xs text-ink-2">
            {resource.name} is usually open {resource.opens.slice(0, 5)}–{resource.closes.slice(0, 5)}; this
            is outside of that.
          </p>
        ) : null}
        {holds && (isElsewhere || !booking?.violation_id) ? (
          <AdviceBox advice={advice} spans={spans} onChoose={choose} />
        ) : null}
        {booking ? null : (
          <div className="flex flex-wrap items-center gap-2">
            <label htmlFor={`${id}-repeat`} className="text-sm font-[500]">
              Repeats
            </label>
            <select
              id={`${id}-repeat`}
              value={repeat}
              onChange={(event) => setRepeat(event.target.value as 'no' | 'count' | 'until')}
              className={`${inputStyle} w-auto!`}
            >
              <option value="no">not</option>
              <option value="count">weekly, a number of times</option>
              <option value="until">weekly, until a day</option>
            </select>
            {repeat === 'count' ? (
              <input
                type="number"
                aria-label="Number of weeks"
                min={2}
                max={MAX_OCCURRENCES}
                value={count}
                onChange={(event) => setCount(event.target.value)}
                className={`${inputStyle} w-20!`}
              />
            ) : null}
            {repeat === 'until' ? (
              <input
                type="date"
                aria-label="Last day"
                value={until}
                onChange={(event) => setUntil(event.target.value)}
                className={`${inputStyle} w-auto!`}
              />
            ) : null}
            {spans.length > 1 ? (
              <span className="text-xs text-ink-3">
                {spans.length} bookings, the last on {whenText(spans.at(-1)!.start, spans.at(-1)!.end)}
              </span>
            ) : null}
          </div>
        )}
        <Labelled label="People">
          <PeopleField value={people} onChange={setPeople} readOnly={readOnly !== null} />
        </Labelled>
        <Labelled label="Notes" id={`${id}-notes`}>
          <textarea
            id={`${id}-notes`}
            value={notes}
            readOnly={readOnly !== null}
            onChange={(event) => setNotes(event.target.value)}
            className={`${inputStyle} field-sizing-content h-auto! min-h-16 resize-none py-1.5`}
          />
        </Labelled>
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={isPrivate}
            disabled={readOnly !== null}
            onChange={(event) => setPrivate(event.target.checked)}
          />
          <Lock size={13} className="text-ink-3" aria-hidden />
          <span>
            Private <span className="text-ink-3">· others learn only that the time is taken</span>
          </span>
        </label>
      </form>
      {cancelling && booking ? (
        <CancelBooking
          booking={booking}
          onClose={(done) => {
            setCancelling(false);
            if (done) props.onClose();
          }}
        />
      ) : null}
    </Dialog>
  );
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
