// What was asked for on this device and is not carried out yet: waiting for a connection, or for the person's word.
import { CircleHelp, Clock, TriangleAlert } from 'lucide-react';
import { toast } from 'sonner';
import { useWorkspace } from '../account';
import { Button } from '../kit/button';
import { ago } from '../kit/when';
import { useLive, useStatus, useStore } from '../sync/react/store-context';
import { type Compilable, StoreError } from '../sync/store';
import { type RequestRow, requests } from './queries';
import { forget, insist } from './requests';
import { requestLock } from './sender';
import { amount } from './stock';

function wish({ quantity, unit, item, from_id, to_id, from_name, to_name }: RequestRow): string {
  const what = `${amount(quantity, unit)} of ${item ?? 'an item that is gone'}`;
  const from = from_name ?? 'a place that is gone';
  const to = to_name ?? 'a place that is gone';
  if (from_id === null) return `Add ${what} to ${to}`;
  if (to_id === null) return `Take ${what} from ${from}`;
  return `Move ${what} from ${from} to ${to}`;
}

const looks = {
  waiting: { icon: <Clock size={14} aria-hidden />, style: 'bg-press text-ink-2' },
  ask: { icon: <CircleHelp size={14} aria-hidden />, style: 'bg-warn-soft text-warn' },
  failed: { icon: <TriangleAlert size={14} aria-hidden />, style: 'bg-danger-soft text-danger' },
} as const;

function Request({ request }: { request: RequestRow }) {
  const store = useStore();
  const { network } = useStatus();
  const { readOnly } = useWorkspace();
  const state = request.state as keyof typeof looks;
  const found = request.found ?? 0;
  const possible = request.from_id === null ? request.quantity : Math.min(request.quantity, found);
  const verb = request.from_id === null ? 'Add' : request.to_id === null ? 'Take' : 'Move';

  /** Not while it is being sent: then it is decided there. */
  const change = (statements: Compilable[], say: string) =>
    navigator.locks.request(requestLock(store.userId), async () => {
      try {
        const [still] = await store.read(
          store.db.selectFrom('sync.stock_request').select('id').where('id', '=', request.id),
        );
        if (!still) return void toast('It has been carried out already.');
        await store.write(...statements);
        toast(say);
      } catch (error) {
        toast.error(error instanceof StoreError ? error.message : 'This could not be saved on this device.');
      }
    });
  const cancel = () =>
    void change(
      forget(store.db, request.id),
      request.tried && state === 'waiting'
        ? 'Cancelled on this device. It had been sent without an answer, so check the history to see whether it was carried out.'
        : 'Cancelled',
    );
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-2 bg-surface px-4 py-3">
      <span
        className={`mt-0.5 flex size-7 shrink-0 items-center justify-center rounded-md ${looks[state].style}`}
      >
        {looks[state].icon}
      </span>
      <div className="min-w-48 flex-1">
        <p className="font-[550]">{wish(request)}</p>
        {state === 'waiting' ? (
          <p className="text-ink-2">
            {network === 'offline' ? 'Waits for a connection' : 'Being sent'} · you saw{' '}
            {amount(request.seen, request.unit)} · asked {ago(request.at)}
          </p>
        ) : null}
        {state === 'ask' ? (
          <p className="text-ink-2">
            There were {amount(request.seen, request.unit)} when you asked, now {amount(found, request.unit)}.{' '}
            {request.sentence}
          </p>
        ) : null}
        {state === 'failed' ? <p className="text-ink-2">{request.sentence}</p> : null}
        {request.reason ? <p className="text-ink-3">{request.reason}</p> : null}
      </div>
      <div className="flex gap-2">
        {state === 'ask' && possible > 0 ? (
          <Button
            size="sm"
            variant="primary"
            reason={readOnly}
            onClick={() =>
              void change(
                insist(store.db, request.id, possible),
                network === 'offline' ? 'It is sent when there is a connection' : 'Being sent',
              )
            }
          >
            {possible === request.quantity ? `${verb} all the same` : `${verb} ${possible} instead`}
          </Button>
        ) : null}
        <Button size="sm" onClick={cancel}>
          {state === 'waiting' ? 'Cancel' : 'Drop'}
        </Button>
      </div>
    </li>
  );
}

export function RequestList() {
  const { id } = useWorkspace();
  const rows = useLive((db) => requests(db, id), [id]);
  if (!rows || rows.length === 0) return null;
  return (
    <section className="mb-6">
      <h2 className="mb-2 text-base font-[600]">Asked for on this device</h2>
      <ul aria-label="Requests" className="divide-y divide-line overflow-hidden rounded-lg ring-1 ring-line">
        {rows.map((request) => (
          <Request key={request.id} request={request} />
        ))}
      </ul>
    </section>
  );
}
