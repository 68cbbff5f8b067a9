// One item: what lies where, its facts, and every movement. Beside the list; over all of it on a phone.
import { Archive, ArchiveRestore, ArrowRight, Package, Pencil, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useWorkspace } from '../account';
import { Button, IconButton } from '../kit/button';
import { Empty } from '../kit/empty';
import { useShortcut } from '../kit/keys/keyboard';
import { ago, exactTime } from '../kit/when';
import { useAct } from '../sync/react/act';
import { useLive, useStore } from '../sync/react/store-context';
import { taskShortcuts } from '../task';
import { MoveButtons } from './move-buttons';
import { movements } from './queries';
import { amount, type Item, type MovementKind } from './stock';

/** Movements at first, and more with each click. */
const page = 50;

type MovementRow = ReturnType<typeof movements> extends { execute(): Promise<(infer R)[]> } ? R : never;

function Movement({ movement, unit }: { movement: MovementRow; unit: string }) {
  const { from_id, to_id, from_name, to_name, author, reason, created_at } = movement;
  const moved = from_id !== null && to_id !== null;
  const sign = moved ? '' : from_id === null ? '+' : '−';
  return (
    <li className="flex gap-3 py-2">
      <span className={`min-w-20 max-w-36 shrink-0 font-[550] tabular-nums ${sign === '+' ? 'text-ok' : ''}`}>
        {sign}
        {amount(movement.quantity, unit)}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-1.5">
          {moved ? (
            <>
              {from_name} <ArrowRight size={13} className="text-ink-3" aria-label="to" /> {to_name}
            </>
          ) : (
            (from_name ?? to_name)
          )}
        </p>
        {reason ? <p className="text-ink-2 [overflow-wrap:anywhere]">{reason}</p> : null}
        <p className="text-xs text-ink-3">
          {author || 'Somebody'},{' '}
          <time dateTime={created_at} title={exactTime(created_at)}>
            {ago(created_at)}
          </time>
        </p>
      </div>
    </li>
  );
}

export function ItemPanel(props: {
  item: Item | undefined;
  onClose: () => void;
  onMove: (kind: MovementKind) => void;
  onEdit: () => void;
}) {
  const { item, onClose } = props;
  const store = useStore();
  const act = useAct();
  const { readOnly } = useWorkspace();
  const panel = useRef<HTMLElement>(null);
  const [limit, setLimit] = useState(page);
  const rows = useLive((db) => (item ? movements(db, item.id, limit + 1) : null), [item?.id, limit]);
  useShortcut(taskShortcuts.close, onClose);
  // On a phone the panel covers the page, so the focus belongs in it.
  useEffect(() => {
    if (window.innerWidth < 900) panel.current?.focus();
  }, []);
  const archive = (of: Item) =>
    void act(
      of.archived ? `${of.name} back` : `archive of ${of.name}`,
      [store.db.updateTable('stock_item').set({ archived: !of.archived }).where('id', '=', of.id)],
      { say: of.archived ? `${of.name} is back` : `${of.name} is archived` },
    );
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      aria-label="Item"
      className="anim-slide flex w-[min(460px,40vw)] shrink-0 flex-col border-l border-line bg-surface focus-visible:outline-none max-[900px]:fixed max-[900px]:inset-0 max-[900px]:z-20 max-[900px]:w-full max-[900px]:border-0"
    >
      <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line pr-2 pl-5">
        <span className="text-xs text-ink-3">Item</span>
        <div className="flex-1" />
        {item ? (
          <>
            <IconButton label="Edit item" reason={readOnly} onClick={props.onEdit}>
              <Pencil size={15} aria-hidden />
            </IconButton>
            <IconButton
              label={item.archived ? 'Bring back' : 'Archive item'}
              reason={readOnly}
              onClick={() => archive(item)}
            >
              {item.archived ? <ArchiveRestore size={15} aria-hidden /> : <Archive size={15} aria-hidden />}
            </IconButton>
          </>
        ) : null}
        <IconButton label="Close item" keys="escape" onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      {item ? (
        <section
          aria-label={item.name}
          className="min-h-0 flex-1 overflow-y-auto px-5 py-5 focus-visible:-outline-offset-2"
        >
          <h2 className="text-xl font-[600] [overflow-wrap:anywhere]">{item.name}</h2>
          {item.notes ? <p className="mt-1 text-ink-2 [overflow-wrap:anywhere]">{item.notes}</p> : null}
          <p className="mt-4 text-2xl font-[600] tabular-nums">{amount(item.total, item.unit)}</p>
          <p className={item.low ? 'text-warn' : 'text-ink-3'}>
            {item.low ? 'Below the minimum of ' : 'Minimum: '}
            {item.minimum > 0 ? amount(item.minimum, item.unit) : 'none'}
          </p>
          <dl className="mt-3 divide-y divide-line border-y border-line">
            {item.at.map(({ place, quantity }) => (
              <div key={place.id} className="flex justify-between gap-4 py-1.5">
                <dt className="text-ink-2">{place.name}</dt>
                <dd className="tabular-nums">{amount(quantity, item.unit)}</dd>
              </div>
            ))}
          </dl>
          <div className="mt-4">
            <MoveButtons item={item} onMove={props.onMove} />
          </div>
          <h3 className="mt-6 mb-1 font-[600]">History</h3>
          {rows?.length === 0 ? <p className="text-ink-3">Nothing was moved yet.</p> : null}
          <ol aria-label="History" className="divide-y divide-line">
            {rows?.slice(0, limit).map((movement) => (
              <Movement key={movement.id} movement={movement} unit={item.unit} />
            ))}
          </ol>
          {rows && rows.length > limit ? (
            <Button size="sm" className="mt-2" onClick={() => setLimit(limit + page)}>
              Show older
            </Button>
          ) : null}
        </section>
      ) : (
        <Empty icon={<Package size={20} aria-hidden />} title="This item is not here">
          It was removed, or it has not arrived on this device yet.
        </Empty>
      )}
    </aside>
  );
}
