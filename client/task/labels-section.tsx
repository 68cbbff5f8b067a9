// The labels of the workspace: their colours, and removing them.

import { Trash2 } from 'lucide-react';
import { useWorkspace } from '../account';
import { IconButton } from '../kit/button';
import { ColorDot } from '../kit/color-dot';
import { Section } from '../kit/page-frame';
import { Popover } from '../kit/popover';
import { swatches } from '../kit/swatches';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import { useLabels } from './project-data';
import type { LabelRow } from './project-queries';

function Label({ label }: { label: LabelRow }) {
  const store = useStore();
  const act = useAct();
  const { readOnly } = useWorkspace();
  const recolor = (color: string) =>
    void act(`colour of ${label.name}`, [
      store.db.updateTable('label').set({ color }).where('id', '=', label.id),
    ]);
  const remove = () =>
    void act(`removed label ${label.name}`, [store.db.deleteFrom('label').where('id', '=', label.id)], {
      say: `Label ${label.name} removed`,
    });
  return (
    <div className="flex min-h-10 items-center gap-3 bg-surface px-4">
      <Popover
        label={`Colour of ${label.name}`}
        trigger={
          <button
            type="button"
            disabled={readOnly !== null}
            aria-label={`Colour of ${label.name}`}
            className="flex size-6 items-center justify-center rounded-md hover:bg-hover"
          >
            <ColorDot color={label.color} />
          </button>
        }
        className="flex gap-1 p-2"
      >
        {swatches.map((color) => (
          <button
            key={color}
            type="button"
            aria-label={`Colour ${color}`}
            aria-pressed={color === label.color}
            onClick={() => recolor(color)}
            className="flex size-6 items-center justify-center rounded-md hover:bg-hover aria-pressed:ring-2 aria-pressed:ring-accent"
          >
            <ColorDot color={color} />
          </button>
        ))}
      </Popover>
      <span className="min-w-0 flex-1 truncate">{label.name}</span>
      <IconButton label={`Remove label ${label.name}`} reason={readOnly} onClick={remove}>
        <Trash2 size={14} aria-hidden />
      </IconButton>
    </div>
  );
}

export function LabelsSection() {
  const { labels } = useLabels();
  return (
    <Section title="Labels" note="To create a label, open a task and type a new name under Labels.">
      {labels.length === 0 ? <p className="bg-surface px-4 py-3 text-ink-3">No labels yet</p> : null}
      {labels.map((label) => (
        <Label key={label.id} label={label} />
      ))}
    </Section>
  );
}
