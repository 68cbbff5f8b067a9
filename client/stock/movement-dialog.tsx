// Taking, adding and moving stock: done on the server at once, or, without a connection, asked for (C4).
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import { newId } from '../../db/sync/ids';
import { useWorkspace } from '../account';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { Field } from '../kit/field';
import { ApiError } from '../sync/react/request';
import { useStore } from '../sync/react/store-context';
import { StoreError } from '../sync/store';
import { type Movement, stockApi } from './api';
import { PlaceField } from './place-field';
import { ask } from './requests';
import { amount, type Item, type MovementKind, quantityAt, type Stock, useMoving } from './stock';

const verbs: Record<MovementKind, { do: string; done: string }> = {
  take: { do: 'Take', done: 'taken' },
  add: { do: 'Add', done: 'added' },
  move: { do: 'Move', done: 'moved' },
};
const kinds = ['take', 'add', 'move'] as const;

interface Problem {
  readonly sentence: string;
  /** It got no answer, and may be asked for instead. */
  readonly unheard: boolean;
}

export function MovementDialog(props: { item: Item; stock: Stock; kind: MovementKind; onClose: () => void }) {
  const { item, stock, onClose } = props;
  const store = useStore();
  const workspace = useWorkspace();
  const moving = useMoving();
  // One id for all tries of this dialogue: whatever gets through without an answer is carried out once.
  const [id] = useState(newId);
  const [kind, setKind] = useState(props.kind);
  const open = stock.places.filter((place) => !place.archived);
  const first = item.at[0]?.place.id ?? '';
  const [from, setFrom] = useState(first);
  const [to, setTo] = useState((open.find((place) => place.id !== first) ?? open[0])?.id ?? '');
  // The chosen one stays, also when somebody has just emptied it.
  const filled = stock.places.filter((place) => place.id === from || quantityAt(item, place.id) > 0);
  const [text, setText] = useState('1');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  const fromId = kind === 'add' ? null : from;
  const toId = kind === 'take' ? null : to;
  const asks = moving.reason !== null || problem?.unheard === true;
  const seen = quantityAt(item, fromId ?? toId ?? '');
  const quantity = /^\d{1,10}$/.test(text.trim()) ? Number(text) : 0;
  const short = fromId !== null && quantity > seen;
  const there = `There ${seen === 1 ? 'is' : 'are'} ${amount(seen, item.unit)} there`;
  // With a connection the server decides, and says who was quicker; without, only what is known here can be asked for.
  const wrong =
    quantity < 1 || quantity > 1_000_000_000
      ? 'A whole number from 1 on.'
      : short && asks
        ? `${there}, as far as this device knows.`
        : null;
  const incomplete = fromId === '' || toId === '' || fromId === toId;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (wrong || incomplete || busy) return;
    const movement: Movement = {
      workspaceId: workspace.id,
      id,
      itemId: item.id,
      fromId,
      toId,
      quantity,
      reason: reason.trim(),
    };
    setBusy(true);
    try {
      if (asks) {
        await store.write(...ask(store.db, movement, seen));
        toast('Asked for. It is sent when there is a connection.');
      } else {
        const done = await stockApi.moveStock(store.userId, movement);
        const left = done.from === null ? '' : ` · ${amount(done.from, item.unit)} left`;
        toast(`${amount(quantity, item.unit)} of ${item.name} ${verbs[kind].done}${left}`);
      }
      onClose();
    } catch (cause) {
      const known = cause instanceof ApiError || cause instanceof StoreError;
      setProblem({
        sentence: known ? cause.message : 'Something went wrong. Try again.',
        unheard: cause instanceof ApiError && ['unreachable', 'signed-out'].includes(cause.kind),
      });
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title={asks ? `Ask for ${item.name}` : item.name}
      description={
        asks
          ? 'There is no connection. It is sent by itself when there is one and the quantity is still what you see; otherwise you are asked first.'
          : 'This goes to the server at once.'
      }
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="movement"
            disabled={busy || wrong !== null || incomplete}
          >
            {asks ? 'Ask when online' : verbs[kind].do}
          </Button>
        </>
      }
    >
      <form id="movement" onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <div role="radiogroup" aria-label="What to do" className="flex rounded-md bg-press p-0.5">
          {kinds.map((value) => (
            <label
              key={value}
              className="flex h-7 flex-1 items-center justify-center rounded-[5px] text-sm font-[550] text-ink-2 has-checked:bg-surface has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="kind"
                className="sr-only"
                checked={kind === value}
                onChange={() => {
                  setKind(value);
                  setProblem(null);
                }}
              />
              {verbs[value].do}
            </label>
          ))}
        </div>
        {kind === 'add' ? null : (
          <PlaceField
            label={kind === 'take' ? 'Take from' : 'From'}
            value={from}
            onChange={setFrom}
            places={filled}
            say={(place) => `${place.name} · ${amount(quantityAt(item, place.id), item.unit)}`}
            none={`Nothing of ${item.name} lies anywhere: add some first.`}
          />
        )}
        {kind === 'take' ? null : (
          <PlaceField
            label={kind === 'add' ? 'Add to' : 'To'}
            value={to}
            onChange={setTo}
            places={open.filter((place) => place.id !== fromId)}
            say={(place) => `${place.name} · ${amount(quantityAt(item, place.id), item.unit)}`}
            none="There is no place for it: make one under Places."
          />
        )}
        <Field
          label={item.unit ? `Quantity, ${item.unit}` : 'Quantity'}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setProblem(null);
          }}
          inputMode="numeric"
          autoFocus
          onFocus={(event) => event.target.select()}
          error={incomplete ? null : wrong}
          hint={short && !incomplete ? `${there} now.` : null}
        />
        <Field
          label="What for"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          maxLength={500}
          hint="Shown in the history. May stay empty."
        />
        {problem ? (
          <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-danger">
            {problem.sentence}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}
