// Making and changing an item: an ordinary local row, also without a connection. Quantities are not part of it.
import { type FormEvent, useState } from 'react';
import { newId } from '../../db/sync/ids';
import { useWorkspace } from '../account';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { Field } from '../kit/field';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import type { ItemRow } from './queries';

export function ItemDialog(props: {
  /** null: a new one. */
  item: ItemRow | null;
  others: readonly ItemRow[];
  onClose: () => void;
}) {
  const { item, onClose } = props;
  const store = useStore();
  const workspace = useWorkspace();
  const act = useAct();
  const [name, setName] = useState(item?.name ?? '');
  const [unit, setUnit] = useState(item?.unit ?? '');
  const [minimum, setMinimum] = useState(String(item?.minimum ?? 0));
  const [notes, setNotes] = useState(item?.notes ?? '');
  const same = (other: ItemRow) => other.name.toLowerCase() === name.trim().toLowerCase();
  const taken = props.others.some((other) => other.id !== item?.id && same(other));
  const minimumError = /^\d{1,9}$/.test(minimum.trim()) ? null : 'A whole number from 0 on.';
  const ready = name.trim() !== '' && !taken && !minimumError;

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    const fields = { name: name.trim(), notes: notes.trim(), minimum: Number(minimum) };
    const written = item
      ? await act(`change of ${item.name}`, [
          store.db.updateTable('stock_item').set(fields).where('id', '=', item.id),
        ])
      : await act(`new item ${fields.name}`, [
          store.db
            .insertInto('stock_item')
            .values({ id: newId(), workspace_id: workspace.id, unit: unit.trim(), ...fields }),
        ]);
    if (written) onClose();
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={item ? 'Edit item' : 'New item'}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="stock-item" disabled={!ready}>
            {item ? 'Save' : 'Add item'}
          </Button>
        </>
      }
    >
      <form id="stock-item" onSubmit={(event) => void save(event)} className="flex flex-col gap-4">
        <Field
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={120}
          autoFocus
          error={taken ? 'There is an item of this name.' : null}
        />
        {item ? null : (
          <Field
            label="Unit"
            value={unit}
            onChange={(event) => setUnit(event.target.value)}
            maxLength={20}
            placeholder="boxes, litres, …"
            hint="Empty: counted in pieces. It cannot be changed later."
          />
        )}
        <Field
          label="Minimum"
          value={minimum}
          onChange={(event) => setMinimum(event.target.value)}
          inputMode="numeric"
          error={minimumError}
          hint="You get a warning when stock falls below this. 0 means no warning."
        />
        <Field
          label="Notes"
          value={notes}
          onChange={(event) => setNotes(event.target.value)}
          maxLength={2000}
        />
      </form>
    </Dialog>
  );
}
