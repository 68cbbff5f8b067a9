// The list of items: how much there is, where it lies, and what can be done with it.
import { TriangleAlert } from 'lucide-react';
import { Boundary } from '../kit/boundary';
import { visible } from '../kit/visible';
import { MoveButtons } from './move-buttons';
import { amount, type Item, type MovementKind } from './stock';

function ItemLine(props: {
  item: Item;
  current: boolean;
  onOpen: () => void;
  onMove: (kind: MovementKind) => void;
}) {
  const { item } = props;
  return (
    <li
      className={`grid grid-cols-[minmax(45%,1fr)_auto] items-center gap-x-4 gap-y-2 px-4 py-2.5 @3xl:grid-cols-[minmax(180px,1.2fr)_110px_minmax(160px,1.2fr)_auto] ${props.current ? 'bg-press' : 'bg-surface'}`}
    >
      <div className="min-w-0">
        <button
          type="button"
          onClick={props.onOpen}
          aria-current={props.current ? 'true' : undefined}
          className="block max-w-full truncate rounded-sm text-left font-[550] hover:underline hover:underline-offset-2"
        >
          {visible(item.name, 'No visible name')}
        </button>
        {item.low ? (
          <p className="flex items-center gap-1 text-xs text-warn">
            <TriangleAlert size={12} aria-hidden className="shrink-0" />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              Below the minimum of {amount(item.minimum, item.unit)}
            </span>
          </p>
        ) : item.notes ? (
          <p className="truncate text-xs text-ink-3">{item.notes}</p>
        ) : null}
      </div>
      <p className="min-w-0 text-right font-[550] tabular-nums [overflow-wrap:anywhere] @3xl:text-left">
        {amount(item.total, item.unit)}
      </p>
      <ul aria-label={`Where ${item.name} lies`} className="flex min-w-0 flex-wrap gap-1 @max-3xl:col-span-2">
        {item.at.map(({ place, quantity }) => (
          <li key={place.id} className="rounded-full bg-press px-2 py-px text-xs text-ink-2">
            {visible(place.name, 'No visible name')}{' '}
            <span className="font-[550] text-ink tabular-nums">{quantity.toLocaleString('en')}</span>
          </li>
        ))}
        {item.at.length === 0 ? <li className="text-xs text-ink-3">Nowhere</li> : null}
      </ul>
      <div className="@max-3xl:col-span-2 @3xl:justify-self-end">
        <MoveButtons item={item} onMove={props.onMove} />
      </div>
    </li>
  );
}

export function ItemList(props: {
  items: readonly Item[];
  openId: string | null;
  onOpen: (id: string) => void;
  onMove: (item: Item, kind: MovementKind) => void;
}) {
  return (
    <ul
      aria-label="Items"
      className="@container divide-y divide-line overflow-hidden rounded-lg ring-1 ring-line"
    >
      {props.items.map((item) => (
        <Boundary key={item.id} as="li" what="item" of={item} onOpen={() => props.onOpen(item.id)}>
          <ItemLine
            item={item}
            current={item.id === props.openId}
            onOpen={() => props.onOpen(item.id)}
            onMove={(kind) => props.onMove(item, kind)}
          />
        </Boundary>
      ))}
    </ul>
  );
}
