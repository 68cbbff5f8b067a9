// What each of the two can do about a clash, one click each.
import { ArrowLeftRight, CalendarX2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { AlternativeRow } from '../../db/booking/alternatives';
import { overlaps } from '../../db/booking/range';
import { Button } from '../kit/button';
import { Popover } from '../kit/popover';
import { Age, FreeButton, useAdvice, useFree } from './advice';
import type { CaseRow } from './case-queries';
import type { Decide, Side } from './case-sides';
import { placeText } from './case-words';

/** Where the holder's booking can go so that it is out of the way. Its own time counts as taken: it has to leave it. */
function useWayOut(held: Side | null, asked: Side | null): AlternativeRow[] {
  const free = useFree(held?.span ? { resourceId: held.resourceId, span: held.span, limit: 5 } : null);
  const wanted = asked?.span;
  return free
    .filter(
      (row) =>
        !wanted ||
        row.resource_id !== asked.resourceId ||
        !overlaps(wanted, { start: Date.parse(row.starts), end: Date.parse(row.ends) }),
    )
    .slice(0, 5);
}

interface WaysProps {
  row: CaseRow;
  asked: Side | null;
  held: Side | null;
  /** Whether the reader may decide for the one who asks, and for the one who holds. */
  asks: boolean;
  holds: boolean;
  userId: string;
  resourceName: (id: string) => string;
  decide: Decide;
}

export function Ways(props: WaysProps) {
  const { row, asks, holds, userId } = props;
  if (!asks && !holds) return <p className="mt-3 text-ink-2">The people concerned decide this.</p>;
  const asker = asks && props.asked ? <AskerWays {...props} asked={props.asked} /> : null;
  const holder = holds && props.held ? <HolderWays {...props} held={props.held} /> : null;
  // An owner may decide for both; whose own matter it is sees the other's ways when asking for them.
  const [own, other] =
    row.asked_by === userId ? [asker, holder] : row.held_by === userId ? [holder, asker] : [null, null];
  return (
    <div className="mt-3 flex flex-col gap-3">
      {row.proposal ? <Proposal {...props} /> : null}
      {own ?? (
        <>
          {asker}
          {holder}
        </>
      )}
      {own && other ? (
        <details>
          <summary className="w-fit rounded-sm text-xs text-ink-2 hover:text-ink">
            As an owner: decide for{' '}
            {(row.asked_by === userId ? row.held_name : row.asked_name) || 'the other'}
          </summary>
          <div className="mt-2 flex flex-col gap-3">{other}</div>
        </details>
      ) : null}
      <p className="text-xs text-ink-3">
        <Age />
      </p>
    </div>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <p className="mb-1 text-xs text-ink-2">{title}</p>
      <div className="flex flex-wrap gap-1.5">{children}</div>
    </div>
  );
}

function Proposal({ row, holds, resourceName, decide }: WaysProps) {
  const to = placeText(row.proposal, resourceName);
  const asker = row.asked_name || 'Somebody';
  return (
    <div className="rounded-md bg-info-soft px-3 py-2">
      <p className="flex items-center gap-2 text-info">
        <ArrowLeftRight size={14} aria-hidden className="shrink-0" />
        {holds
          ? `${asker} proposes a swap: yours goes to ${to}, theirs gets this time.`
          : `Swap proposed: ${row.held_name || 'the holder'}’s booking to ${to}. Waiting for their word.`}
      </p>
      {holds ? (
        <div className="mt-2 flex gap-2">
          <Button size="sm" variant="primary" onClick={() => decide('agree')}>
            Agree
          </Button>
          <Button size="sm" onClick={() => decide('decline')}>
            Decline
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function AskerWays({ row, asked, held, userId, decide }: WaysProps & { asked: Side }) {
  const wish = asked.span
    ? { resourceId: asked.resourceId, span: asked.span, bookingId: asked.id ?? undefined }
    : null;
  const free = useFree(wish);
  // A private booking in the way is not on this device: nothing here says that the time is free.
  const hidden = row.held_by === null;
  const { taken } = useAdvice(asked.resourceId, wish && !hidden ? [wish.span] : [], wish?.bookingId);
  const isFree = wish !== null && !hidden && taken?.length === 0;
  const mine = row.asked_by === userId ? '' : `For ${row.asked_name || 'the one who asks'}: `;
  return (
    <>
      <Group title={`${mine}${mine ? 't' : 'T'}ake another place`}>
        {isFree && wish ? (
          <Button
            size="sm"
            variant="primary"
            onClick={() =>
              decide('move', {
                resource_id: wish.resourceId,
                starts: new Date(wish.span.start).toISOString(),
                ends: new Date(wish.span.end).toISOString(),
              })
            }
          >
            Free now: take this time
          </Button>
        ) : null}
        {free.map((alternative) => (
          <FreeButton
            key={`${alternative.resource_id}-${alternative.starts}`}
            row={alternative}
            wished={wish!.span}
            verb="Move to"
            onChoose={() => decide('move', alternative)}
          />
        ))}
        {free.length === 0 && !isFree ? <span className="text-ink-3">Nothing near is free.</span> : null}
      </Group>
      <div className="flex flex-wrap gap-1.5">
        {held && row.held_by !== null && !row.proposal ? (
          <SwapButton row={row} asked={asked} held={held} decide={decide} />
        ) : null}
        <Button size="sm" icon={<CalendarX2 size={13} aria-hidden />} onClick={() => decide('cancel')}>
          {row.asked_by === userId ? 'Cancel mine' : `Cancel ${row.asked_name}’s`}
        </Button>
      </div>
    </>
  );
}

function SwapButton({ row, asked, held, decide }: { row: CaseRow; asked: Side; held: Side; decide: Decide }) {
  const [open, setOpen] = useState(false);
  const free = useWayOut(open ? held : null, asked);
  return (
    <Popover
      label="Propose a swap"
      open={open}
      onOpenChange={setOpen}
      className="max-w-80 p-3"
      trigger={
        <Button size="sm" icon={<ArrowLeftRight size={13} aria-hidden />}>
          Propose a swap…
        </Button>
      }
    >
      <p className="text-xs text-ink-2">
        {row.held_name || 'The holder'}’s “{held.title}” would go to
      </p>
      <div className="mt-2 flex flex-wrap gap-1.5">
        {free.map((alternative) => (
          <FreeButton
            key={`${alternative.resource_id}-${alternative.starts}`}
            row={alternative}
            wished={held.span!}
            onChoose={() => {
              setOpen(false);
              decide('swap', alternative);
            }}
          />
        ))}
        {free.length === 0 ? <span className="text-ink-3">Nothing near is free.</span> : null}
      </div>
      <p className="mt-2 text-xs text-ink-3">It happens when they agree.</p>
    </Popover>
  );
}

function HolderWays({ row, asked, held, userId, decide }: WaysProps & { held: Side }) {
  const free = useWayOut(held, asked);
  const mine = row.held_by === userId;
  const whose = mine ? 'mine' : `${row.held_name || 'the holder'}’s`;
  return (
    <Group
      title={
        mine
          ? 'The time is yours; nothing has to be done. Or give way, and move yours to'
          : `For ${row.held_name || 'the holder'}: give way, and move to`
      }
    >
      {free.map((alternative) => (
        <FreeButton
          key={`${alternative.resource_id}-${alternative.starts}`}
          row={alternative}
          wished={held.span!}
          verb="Give way to"
          onChoose={() => decide('give_way', alternative)}
        />
      ))}
      <Button size="sm" icon={<CalendarX2 size={13} aria-hidden />} onClick={() => decide('give_way')}>
        Give way: cancel {whose}
      </Button>
    </Group>
  );
}
