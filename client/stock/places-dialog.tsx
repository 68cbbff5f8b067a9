// The places where stock lies: made, renamed and archived; ordinary local rows.
import { Archive, ArchiveRestore } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { newId } from '../../db/sync/ids';
import { useWorkspace } from '../account';
import { Button, IconButton } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { inputStyle } from '../kit/field';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import type { PlaceRow } from './queries';
import type { Stock } from './stock';

function Place({ place, holds }: { place: PlaceRow; holds: boolean }) {
  const store = useStore();
  const act = useAct();
  const { readOnly } = useWorkspace();
  const [name, setName] = useState(place.name);
  const rename = async () => {
    const next = name.trim();
    if (next === place.name) return;
    const set = store.db.updateTable('stock_place').set({ name: next }).where('id', '=', place.id);
    if (next === '') setName(place.name);
    // What was typed stays on the screen when it is not stored.
    else await act(`name of ${place.name}`, [set]);
  };
  const archive = () =>
    void act(place.archived ? `${place.name} back` : `archive of ${place.name}`, [
      store.db.updateTable('stock_place').set({ archived: !place.archived }).where('id', '=', place.id),
    ]);
  const action = place.archived ? 'Bring back' : 'Archive';
  return (
    <li className="flex items-center gap-2 py-1">
      <input
        aria-label={`Name of ${place.name}`}
        value={name}
        disabled={readOnly !== null || place.archived}
        maxLength={120}
        onChange={(event) => setName(event.target.value)}
        onBlur={() => void rename()}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        className={inputStyle}
      />
      <IconButton
        label={`${action} ${place.name}`}
        reason={readOnly ?? (holds && !place.archived ? 'There is still stock here: move it first.' : null)}
        onClick={archive}
      >
        {place.archived ? <ArchiveRestore size={15} aria-hidden /> : <Archive size={15} aria-hidden />}
      </IconButton>
    </li>
  );
}

export function PlacesDialog({ stock, onClose }: { stock: Stock; onClose: () => void }) {
  const store = useStore();
  const workspace = useWorkspace();
  const act = useAct();
  const [name, setName] = useState('');
  const taken = stock.places.some((place) => place.name.toLowerCase() === name.trim().toLowerCase());
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '' || taken) return;
    const values = { id: newId(), workspace_id: workspace.id, name: name.trim() };
    if (await act(`new place ${name}`, [store.db.insertInto('stock_place').values(values)])) setName('');
  };
  const holds = (place: PlaceRow) =>
    stock.items.some((item) => item.at.some((at) => at.place.id === place.id));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Places"
      description="Where stock lies: a room, a shelf, a vehicle."
      actions={<Button onClick={onClose}>Done</Button>}
    >
      <ul aria-label="Places">
        {stock.places.map((place) => (
          <Place key={place.id} place={place} holds={holds(place)} />
        ))}
      </ul>
      <form onSubmit={(event) => void add(event)} className="mt-3 flex gap-2 border-t border-line pt-4">
        <input
          aria-label="New place"
          placeholder="New place"
          value={name}
          maxLength={120}
          disabled={workspace.readOnly !== null}
          onChange={(event) => setName(event.target.value)}
          className={inputStyle}
        />
        <Button
          type="submit"
          reason={workspace.readOnly}
          disabled={name.trim() === '' || taken}
          className="shrink-0"
        >
          Add place
        </Button>
      </form>
      {taken ? <p className="mt-1 text-xs text-danger">There is a place of this name.</p> : null}
    </Dialog>
  );
}
