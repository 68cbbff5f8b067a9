// The calendar: a day of all resources, a week of one, a month; what is shown lives in the address.

import { useNavigate, useSearch } from '@tanstack/react-router';
import { addDays, addMonths, parseISO, startOfDay } from 'date-fns';
import { CalendarRange, ChevronLeft, ChevronRight, DoorOpen, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { type ClashRow, clashes } from '../../db/booking/clashes';
import type { Span } from '../../db/booking/range';
import { useWorkspace } from '../account';
import { Button, IconButton } from '../kit/button';
import { Calendar } from '../kit/calendar';
import { ColorDot } from '../kit/color-dot';
import { Empty } from '../kit/empty';
import { useShortcut } from '../kit/keys/keyboard';
import { Page } from '../kit/page-frame';
import { Popover } from '../kit/popover';
import { recall, remember } from '../kit/remember';
import { visible } from '../kit/visible';
import { format } from '../kit/when';
import { useAct } from '../sync/react/act';
import { bound } from '../sync/react/sql';
import { useLiveTagged, useStore } from '../sync/react/store-context';
import { BookingDialog } from './booking-dialog';
import { axisOf, dayKey, weekOf, whenText } from './grid-time';
import type { GridColumn } from './lanes';
import { spanOptions } from './laying';
import { Month, monthDays } from './month';
import { type BookingRow, bookingsBetween, type ResourceRow } from './queries';
import { ResourceDialog } from './resource-dialog';
import { ResourceField } from './resource-field';
import { bookingShortcuts } from './shortcuts';
import { TimeGrid } from './time-grid';
import { useResources } from './use-resources';
import { type View, Views, viewNames } from './views';
import type { Wanted } from './wanted';
import { changeBooking } from './write';
import { differs, placeName, timeIn, viewerZone } from './zones';

interface Search {
  view?: View;
  date?: string;
  resource?: string;
  booking?: string;
  cancelled?: boolean;
}

/** What the dialog is open for: a new booking, or one with another time that is not written yet. */
type Asked = Wanted & { bookingId?: string };

export function BookingsPage() {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  const { active, byId } = useResources();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [adding, setAdding] = useState(false);
  const viewKey = `bookings.${workspace.id}`;
  const view = search.view ?? recall<View>(viewKey) ?? 'day';
  const today = dayKey(Date.now());
  const dateKey = search.date ?? today;
  const date = useMemo(() => parseISO(dateKey), [dateKey]);
  const resource =
    active?.find((r) => r.id === (search.resource ?? recall<string>(`${viewKey}.resource`))) ?? active?.[0];

  const set = (change: Search, replace = true) =>
    void navigate({ to: '.', search: (old: object) => ({ ...old, ...change }), replace });
  const setView = (next: View, day?: string) => {
    remember(viewKey, next);
    set({ view: next, ...(day ? { date: day } : {}) }, false);
  };
  const turn = (by: 1 | -1) => () => {
    const next =
      view === 'day' ? addDays(date, by) : view === 'week' ? addDays(date, 7 * by) : addMonths(date, by);
    set({ date: dayKey(next) });
  };
  useShortcut(bookingShortcuts.bookingsToday, () => set({ date: today }));
  useShortcut(bookingShortcuts.bookingsDay, () => setView('day'));
  useShortcut(bookingShortcuts.bookingsWeek, () => setView('week'));
  useShortcut(bookingShortcuts.bookingsMonth, () => setView('month'));
  useShortcut(bookingShortcuts.bookingsEarlier, turn(-1));
  useShortcut(bookingShortcuts.bookingsLater, turn(1));

  const axis = useMemo(() => (view === 'week' ? axisOf(weekOf(date), 7) : axisOf(date, 1)), [view, date]);
  const columns = useMemo<GridColumn[]>(() => {
    if (view === 'week') {
      return resource ? axis.days.map((day) => ({ key: day.key, day, resource })) : [];
    }
    return (active ?? []).map((each) => ({ key: each.id, day: axis.days[0]!, resource: each }));
  }, [view, axis, active, resource]);
  const span = useMemo(() => {
    if (view !== 'month') return { from: axis.days[0]!.start, to: axis.days.at(-1)!.end };
    const days = monthDays(date);
    return { from: days[0]!.getTime(), to: startOfDay(addDays(days.at(-1)!, 1)).getTime() };
  }, [view, axis, date]);
  const oneResource = view === 'week' ? resource?.id : view === 'month' ? search.resource : undefined;
  const tag = `${span.from}-${span.to}-${oneResource ?? ''}`;
  const shown = { ...span, resourceId: oneResource, cancelled: search.cancelled ?? false };
  const live = useLiveTagged<BookingRow, string>(
    (db) => bookingsBetween(db, workspace.id, shown),
    [workspace.id, tag, search.cancelled],
    tag,
    spanOptions(workspace.id, shown),
  );
  // Rows of the view before stay until the new ones are here; the grid shows those that fall into it.
  const bookings = live?.rows;

  const ask = (resourceId: string | undefined, at: Span) => resourceId && setAsked({ resourceId, ...at });
  const askNow = () => {
    const first = view === 'day' || view === 'month' ? date : weekOf(date);
    const hour = dayKey(first) === today ? new Date().getHours() + 1 : 9;
    const start = new Date(first.getFullYear(), first.getMonth(), first.getDate(), hour).getTime();
    ask((view === 'week' ? resource : active?.[0])?.id, { start, end: start + 3_600_000 });
  };
  useShortcut(
    bookingShortcuts.newBooking,
    view === 'month' && workspace.readOnly === null && active?.length ? askNow : null,
  );

  const move = async (booking: BookingRow, resourceId: string, to: Span): Promise<boolean> => {
    if (booking.status === 'confirmed') {
      const wish = { resourceId, spans: [to], bookingId: booking.id };
      const found = await store.read(bound<ClashRow>(store.db, clashes(wish)));
      if (found.some((clash) => clash.status === 'confirmed')) {
        // The person sees what is in the way before anything is written.
        setAsked({ resourceId, ...to, bookingId: booking.id });
        return false;
      }
    }
    const label = `${booking.title} to ${whenText(to.start, to.end)}`;
    return (await act(label, changeBooking(store.db, booking.id, { resourceId, span: to }))) !== null;
  };

  const title =
    view === 'month'
      ? format(date, 'MMMM yyyy')
      : view === 'day'
        ? format(date, 'EEEE, d MMMM yyyy')
        : weekTitle(date);
  const openId = asked?.bookingId ?? search.booking;
  return (
    <Page
      title="Bookings"
      icon={<CalendarRange size={15} aria-hidden />}
      tabs={<Views view={view} onView={setView} className="ml-1 phone:hidden" />}
      actions={
        active?.length ? (
          <Button
            size="sm"
            variant="primary"
            className="phone:hidden"
            reason={workspace.readOnly}
            onClick={askNow}
          >
            Book
          </Button>
        ) : null
      }
      bar={
        <div className="flex min-h-11 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-3 py-1.5">
          <Views view={view} onView={setView} className="w-full md:hidden" />
          <IconButton label={`${viewNames[view]} before`} keys="[" onClick={turn(-1)}>
            <ChevronLeft size={15} aria-hidden />
          </IconButton>
          <Button size="sm" onClick={() => set({ date: today })}>
            Today
          </Button>
          <IconButton label={`${viewNames[view]} after`} keys="]" onClick={turn(1)}>
            <ChevronRight size={15} aria-hidden />
          </IconButton>
          <DayPicker title={title} date={dateKey} onDate={(day) => set({ date: day })} />
          {view !== 'day' && active && active.length > 0 ? (
            <ResourceField
              resources={active}
              value={view === 'week' ? (resource?.id ?? null) : (search.resource ?? null)}
              all={view === 'month'}
              onChange={(id) => {
                if (id) remember(`${viewKey}.resource`, id);
                set({ resource: id ?? undefined } as Search);
              }}
            />
          ) : null}
          <div className="flex-1" />
          <label className="flex items-center gap-1.5 text-xs text-ink-2 phone:hidden">
            <input
              type="checkbox"
              checked={search.cancelled ?? false}
              onChange={(event) => set({ cancelled: event.target.checked || undefined } as Search)}
            />
            Cancelled ones
          </label>
          <span
            className="text-xs text-ink-3 phone:hidden"
            title="Times are shown by the clock of this device"
          >
            {placeName(viewerZone())} time
          </span>
        </div>
      }
    >
      {active === undefined ? (
        <Skeleton />
      ) : active.length === 0 ? (
        <Empty
          icon={<DoorOpen size={20} aria-hidden />}
          title="Start with a resource"
          action={
            <Button variant="primary" reason={workspace.readOnly} onClick={() => setAdding(true)}>
              New resource
            </Button>
          }
        >
          A room, a vehicle or an instrument that people book. Bookings work the same with and without a
          network; what clashes is flagged, never lost.
        </Empty>
      ) : view === 'month' ? (
        <Month
          date={date}
          bookings={bookings ?? []}
          resourceById={byId}
          onDay={(day) => setView('day', day)}
          onDate={(day) => set({ date: day })}
          onOpen={(id) => set({ booking: id }, false)}
        />
      ) : (
        <TimeGrid
          key={view}
          label={view === 'day' ? title : `${resource?.name ?? ''}, ${title}`}
          axis={axis}
          columns={columns}
          headings={columns.map((column) =>
            view === 'day' ? (
              <ResourceHeading
                key={column.key}
                resource={column.resource}
                at={column.day.start + 43_200_000}
              />
            ) : (
              <DayHeading
                key={column.key}
                at={column.day.start}
                today={column.day.key === today}
                onDay={() => setView('day', column.day.key)}
              />
            ),
          )}
          bookings={bookings ?? []}
          readOnly={workspace.readOnly}
          narrowest={view === 'day' ? 148 : 96}
          onCreate={(resourceId, at) => ask(resourceId, at)}
          onMove={move}
          onOpen={(id) => set({ booking: id }, false)}
        />
      )}
      {active?.length && workspace.readOnly === null ? (
        <button
          type="button"
          aria-label="Book"
          onClick={askNow}
          className="absolute right-4 bottom-[calc(16px+env(safe-area-inset-bottom))] z-30 flex size-12 items-center justify-center rounded-full bg-accent text-on-accent shadow-pop md:hidden"
        >
          <Plus size={22} aria-hidden />
        </button>
      ) : null}
      {asked || openId ? (
        <BookingDialog
          key={openId ?? 'new'}
          bookingId={openId ?? null}
          wanted={asked}
          resources={active ?? []}
          onClose={() => {
            setAsked(null);
            if (search.booking) set({ booking: undefined } as unknown as Search);
          }}
        />
      ) : null}
      {adding ? <ResourceDialog resource={null} onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

function weekTitle(date: Date): string {
  const first = weekOf(date);
  const last = addDays(first, 6);
  return first.getMonth() === last.getMonth()
    ? `${format(first, 'd')}–${format(last, 'd MMMM yyyy')}`
    : `${format(first, 'd MMM')} – ${format(last, 'd MMM yyyy')}`;
}

function DayPicker(props: { title: string; date: string; onDate: (day: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label="Choose a day"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          className="h-7 min-w-0 truncate rounded-md px-2 text-sm font-[600] tabular-nums hover:bg-hover data-[state=open]:bg-press"
        >
          {props.title}
        </button>
      }
    >
      <Calendar
        value={props.date}
        onChange={(day) => {
          setOpen(false);
          props.onDate(day ?? dayKey(Date.now()));
        }}
      />
    </Popover>
  );
}

function ResourceHeading({ resource, at }: { resource: ResourceRow; at: number }) {
  return (
    <div className="min-w-0 px-2 py-1.5">
      <p className="flex items-center gap-1.5 text-xs font-[600]">
        <ColorDot color={resource.color} />
        <span className="truncate" title={resource.name}>
          {visible(resource.name, 'No visible name')}
        </span>
      </p>
      <p className="truncate text-2xs text-ink-3">
        {resource.kind === 'instrument' ? 'Instrument' : `For ${resource.capacity}`}
        {differs(resource.time_zone, at)
          ? ` · there it is ${timeIn(Date.now(), resource.time_zone)} (${placeName(resource.time_zone)})`
          : ''}
      </p>
    </div>
  );
}

function DayHeading({ at, today, onDay }: { at: number; today: boolean; onDay: () => void }) {
  return (
    <button
      type="button"
      onClick={onDay}
      aria-label={format(at, 'EEEE, d MMMM')}
      aria-current={today ? 'date' : undefined}
      className="flex min-w-0 flex-1 items-center gap-1.5 px-2 py-2 text-xs hover:bg-hover"
    >
      <span className="text-ink-3">{format(at, 'EEE')}</span>
      <span
        className={
          today
            ? 'inline-flex h-5 min-w-5 items-center justify-center rounded-full bg-accent px-1 font-[650] text-on-accent'
            : 'font-[600]'
        }
      >
        {format(at, 'd')}
      </span>
    </button>
  );
}

function Skeleton() {
  return (
    <div className="flex h-full gap-3 p-4" aria-hidden>
      {[0, 1, 2, 3].map((i) => (
        <div key={i} className="flex flex-1 flex-col gap-3">
          <span className="skeleton h-4 w-24" />
          <span className="skeleton h-20" style={{ marginTop: 20 + i * 36 }} />
          <span className="skeleton h-12" />
        </div>
      ))}
    </div>
  );
}
