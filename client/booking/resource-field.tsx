// Choosing a resource: a button that opens a list.
import { ChevronDown } from 'lucide-react';
import { useMemo, useState } from 'react';
import { ColorDot } from '../kit/color-dot';
import { type Choice, Picker } from '../kit/picker';
import { Popover } from '../kit/popover';
import { visible } from '../kit/visible';
import { type Kind, kindNames } from './facts';
import type { ResourceRow } from './queries';

const everything = 'all';

export function ResourceField(props: {
  resources: readonly ResourceRow[];
  value: string | null;
  /** All of them together can be chosen. */
  all?: boolean;
  onChange: (id: string | null) => void;
  className?: string;
}) {
  const [open, setOpen] = useState(false);
  const choices = useMemo<Choice[]>(
    () => [
      ...(props.all ? [{ value: everything, label: 'All resources' }] : []),
      ...props.resources.map((r) => ({
        value: r.id,
        label: visible(r.name, 'No visible name'),
        icon: <ColorDot color={r.color} />,
        keywords: [kindNames[r.kind as Kind] ?? r.kind],
      })),
    ],
    [props.resources, props.all],
  );
  const chosen = props.resources.find((r) => r.id === props.value);
  const name = chosen?.name ?? (props.all ? 'All resources' : 'Choose a resource');
  return (
    <Popover
      label="Resource"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          aria-label={`Resource: ${name}`}
          className={
            props.className ??
            'inline-flex h-7 min-w-0 items-center gap-2 rounded-md px-2 text-sm ring-1 ring-line-strong ring-inset hover:bg-hover'
          }
        >
          {chosen ? <ColorDot color={chosen.color} /> : null}
          <span className="min-w-0 flex-1 truncate text-left">{name}</span>
          <ChevronDown size={13} className="shrink-0 text-ink-3" aria-hidden />
        </button>
      }
    >
      <Picker
        label="Resource"
        placeholder="Resource…"
        choices={choices}
        chosen={[props.value ?? everything]}
        onChoose={(id) => {
          setOpen(false);
          props.onChange(id === everything ? null : id);
        }}
      />
    </Popover>
  );
}
