// Take, add, move: on while the server can be asked, otherwise off with the reason, beside the offer to ask (C4).
import { Button } from '../kit/button';
import type { Item, MovementKind } from './stock';
import { useMoving } from './stock';

export function MoveButtons(props: { item: Item; onMove: (kind: MovementKind) => void }) {
  const { item, onMove } = props;
  const { reason, mayAsk } = useMoving();
  const empty = reason === null && item.total === 0 ? 'There is nothing of it.' : null;
  return (
    <fieldset aria-label={`Move ${item.name}`} className="flex flex-wrap items-center gap-1.5">
      {mayAsk ? (
        <Button size="sm" className="text-accent-ink" onClick={() => onMove(item.total > 0 ? 'take' : 'add')}>
          Ask when online
        </Button>
      ) : null}
      <Button size="sm" reason={reason ?? empty} onClick={() => onMove('take')}>
        Take
      </Button>
      <Button size="sm" reason={reason} onClick={() => onMove('add')}>
        Add
      </Button>
      <Button size="sm" reason={reason ?? empty} onClick={() => onMove('move')}>
        Move
      </Button>
    </fieldset>
  );
}
