// The page of stock: the list, its age when there is no connection, requests, and the open item.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { CloudOff, MapPin, Package, Plus } from 'lucide-react';
import { useState } from 'react';
import { useWorkspace } from '../account';
import { Button } from '../kit/button';
import { Empty } from '../kit/empty';
import { inputStyle } from '../kit/field';
import { useNow } from '../kit/now';
import { Page } from '../kit/page-frame';
import { ago } from '../kit/when';
import { useStatus } from '../sync/react/store-context';
import { ItemDialog } from './item-dialog';
import { ItemList } from './item-list';
import { ItemPanel } from './item-panel';
import { MovementDialog } from './movement-dialog';
import { PlacesDialog } from './places-dialog';
import { RequestList } from './request-list';
import { type MovementKind, useMoving, useStock } from './stock';

type Open =
  | { kind: 'item'; id: string | null }
  | { kind: 'places' }
  | { kind: 'movement'; id: string; movement: MovementKind };

/** Why nothing can be moved, and how old the numbers are (C3, C4). */
function Offline() {
  const status = useStatus();
  const { reason, mayAsk } = useMoving();
  const now = useNow(10_000);
  if (!mayAsk) return null;
  const age = status.heardAt === null ? 'never checked with the server' : `as of ${ago(status.heardAt, now)}`;
  return (
    <div role="note" className="mb-4 flex gap-2 rounded-lg bg-warn-soft px-4 py-2.5 text-warn">
      <CloudOff size={15} className="mt-0.5 shrink-0" aria-hidden />
      <p>
        <strong className="font-[600]">Quantities are {age}.</strong> {reason} You can ask for it instead.
      </p>
    </div>
  );
}

export function StockPage() {
  const stock = useStock();
  const workspace = useWorkspace();
  const status = useStatus();
  const navigate = useNavigate();
  const { item: openId } = useSearch({ from: '/w/$workspaceId/stock' });
  const [open, setOpen] = useState<Open | null>(null);
  const [text, setText] = useState('');
  const [archivedShown, setArchivedShown] = useState(false);
  const show = (id: string | undefined) =>
    void navigate({
      to: '.',
      search: (old: object) => ({ ...old, item: id }),
      replace: openId !== undefined,
    });
  const close = () => setOpen(null);

  const words = text.trim().toLowerCase();
  const matching =
    stock?.items.filter((item) => `${item.name}\n${item.notes}`.toLowerCase().includes(words)) ?? [];
  const shown = matching.filter((item) => archivedShown || !item.archived);
  const archived = matching.length - matching.filter((item) => !item.archived).length;
  const opened = open && 'id' in open ? stock?.items.find((item) => item.id === open.id) : undefined;
  const none = stock?.items.length === 0 && (status.upToDate || status.network === 'offline');

  return (
    <Page
      title="Stock"
      icon={<Package size={15} aria-hidden />}
      actions={
        <>
          <Button
            size="sm"
            variant="ghost"
            icon={<MapPin size={14} aria-hidden />}
            onClick={() => setOpen({ kind: 'places' })}
          >
            Places
          </Button>
          <Button
            size="sm"
            reason={workspace.readOnly}
            icon={<Plus size={14} aria-hidden />}
            onClick={() => setOpen({ kind: 'item', id: null })}
          >
            Add item
          </Button>
        </>
      }
    >
      <div className="flex h-full">
        <section
          aria-label="Stock"
          className="h-full min-w-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
        >
          <div className="mx-auto max-w-5xl px-4 py-5 md:px-8">
            <Offline />
            <RequestList />
            {none ? (
              <Empty
                icon={<Package size={20} aria-hidden />}
                title="Nothing in stock yet"
                action={
                  <Button
                    variant="primary"
                    reason={workspace.readOnly}
                    onClick={() => setOpen({ kind: 'item', id: null })}
                  >
                    Add item
                  </Button>
                }
              >
                Items lie in places. Make both here, then add what there is.
              </Empty>
            ) : null}
            {stock && stock.items.length > 0 ? (
              <>
                <input
                  type="search"
                  aria-label="Find an item"
                  placeholder="Find an item"
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                  className={`${inputStyle} mb-3 max-w-xs`}
                />
                <ItemList
                  items={shown}
                  openId={openId ?? null}
                  onOpen={show}
                  onMove={(item, movement) => setOpen({ kind: 'movement', id: item.id, movement })}
                />
                {shown.length === 0 ? <p className="py-4 text-ink-3">No item has this in its name.</p> : null}
                {archived > 0 ? (
                  <button
                    type="button"
                    aria-expanded={archivedShown}
                    onClick={() => setArchivedShown(!archivedShown)}
                    className="mt-2 h-7 rounded-md px-2 text-xs text-ink-3 hover:bg-hover"
                  >
                    {archivedShown ? 'Hide archived' : `Archived (${archived})`}
                  </button>
                ) : null}
              </>
            ) : null}
          </div>
        </section>
        {openId && stock ? (
          <ItemPanel
            key={openId}
            item={stock.items.find((item) => item.id === openId)}
            onClose={() => show(undefined)}
            onMove={(movement) => setOpen({ kind: 'movement', id: openId, movement })}
            onEdit={() => setOpen({ kind: 'item', id: openId })}
          />
        ) : null}
      </div>
      {open?.kind === 'item' && stock ? (
        <ItemDialog item={opened ?? null} others={stock.items} onClose={close} />
      ) : null}
      {open?.kind === 'places' && stock ? <PlacesDialog stock={stock} onClose={close} /> : null}
      {open?.kind === 'movement' && stock && opened ? (
        <MovementDialog item={opened} stock={stock} kind={open.movement} onClose={close} />
      ) : null}
    </Page>
  );
}
