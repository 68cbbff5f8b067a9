// The fields of a task as buttons that open a picker: in the panel and in the new-task dialog.

import clsx from 'clsx';
import { CalendarDays, Tag } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useWorkspace } from '../../account';
import { Avatar } from '../../kit/avatar';
import { Calendar } from '../../kit/calendar';
import { type Choice, Picker } from '../../kit/picker';
import { Popover } from '../../kit/popover';
import { Tooltip } from '../../kit/tooltip';
import { dueDay } from '../../kit/when';
import { LabelChip } from '../bits';
import { nobody, priorityChoices, statusChoices, useAssigneeChoices, useLabelChoices } from '../choices';
import { priorityNames, statusNames, type TaskStatus } from '../facts';
import { PriorityIcon, StatusIcon } from '../icons';
import { useMakeLabel } from '../labels';
import { useLabels } from '../project-data';

const button =
  'inline-flex min-h-7 max-w-full items-center gap-2 rounded-md px-2 text-left text-sm hover:bg-hover data-[state=open]:bg-press aria-disabled:opacity-70';

interface FieldProps {
  /** Why it cannot be changed. */
  readOnly: string | null;
  className?: string;
}

function FieldButton(props: {
  label: string;
  value: string;
  readOnly: string | null;
  className?: string | undefined;
  children: ReactNode;
  content: (close: () => void) => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const inner = (
    <button
      type="button"
      aria-label={`${props.label}: ${props.value}`}
      aria-disabled={props.readOnly ? true : undefined}
      className={clsx(button, props.className)}
    >
      {props.children}
    </button>
  );
  if (props.readOnly) return <Tooltip text={props.readOnly}>{inner}</Tooltip>;
  return (
    <Popover label={props.label} open={open} onOpenChange={setOpen} trigger={inner}>
      {props.content(() => setOpen(false))}
    </Popover>
  );
}

function OneOf(
  props: FieldProps & {
    label: string;
    value: string;
    shown: string;
    choices: readonly Choice[];
    onChange: (value: string) => void;
    children: ReactNode;
  },
) {
  return (
    <FieldButton
      label={props.label}
      value={props.shown}
      readOnly={props.readOnly}
      className={props.className}
      content={(close) => (
        <Picker
          label={props.label}
          placeholder={`${props.label}…`}
          choices={props.choices}
          chosen={[props.value]}
          onChoose={(value) => {
            close();
            if (value !== props.value) props.onChange(value);
          }}
        />
      )}
    >
      {props.children}
    </FieldButton>
  );
}

export function StatusField(props: FieldProps & { value: string; onChange: (value: string) => void }) {
  const name = statusNames[props.value as TaskStatus] ?? props.value;
  return (
    <OneOf {...props} label="Status" shown={name} choices={statusChoices}>
      <StatusIcon status={props.value} />
      {name}
    </OneOf>
  );
}

export function PriorityField(props: FieldProps & { value: number; onChange: (value: number) => void }) {
  const name = priorityNames[props.value] ?? priorityNames[0];
  return (
    <OneOf
      {...props}
      label="Priority"
      value={String(props.value)}
      shown={name}
      choices={priorityChoices}
      onChange={(value) => props.onChange(Number(value))}
    >
      <PriorityIcon priority={props.value} />
      <span className={props.value === 0 ? 'text-ink-3' : undefined}>{name}</span>
    </OneOf>
  );
}

export function AssigneeField(
  props: FieldProps & { value: string | null; onChange: (value: string | null) => void },
) {
  const { memberById } = useWorkspace();
  const choices = useAssigneeChoices();
  const name = props.value === null ? null : (memberById.get(props.value)?.name ?? 'Former member');
  return (
    <OneOf
      {...props}
      label="Assignee"
      value={props.value ?? nobody}
      shown={name ?? 'Nobody'}
      choices={choices}
      onChange={(value) => props.onChange(value === nobody ? null : value)}
    >
      <Avatar name={name} size={18} />
      <span className={clsx('truncate', name === null && 'text-ink-3')}>{name ?? 'Nobody'}</span>
    </OneOf>
  );
}

export function DueField(
  props: FieldProps & { value: string | null; onChange: (value: string | null) => void },
) {
  const due = props.value === null ? null : dueDay(props.value);
  return (
    <FieldButton
      label="Due date"
      value={props.value ?? 'none'}
      readOnly={props.readOnly}
      className={props.className}
      content={(close) => (
        <Calendar
          value={props.value}
          onChange={(value) => {
            close();
            props.onChange(value);
          }}
        />
      )}
    >
      <CalendarDays size={14} className="text-ink-3" aria-hidden />
      <span className={clsx(!due && 'text-ink-3', due?.state === 'late' && 'text-danger')}>
        {due?.text ?? 'No due date'}
      </span>
    </FieldButton>
  );
}

export function LabelsField(
  props: FieldProps & { value: readonly string[]; onToggle: (labelId: string, on: boolean) => void },
) {
  const { labelById } = useLabels();
  const choices = useLabelChoices();
  const makeLabel = useMakeLabel();
  const [search, setSearch] = useState('');
  const chosen = props.value.flatMap((id) => labelById.get(id) ?? []);
  return (
    <FieldButton
      label="Labels"
      value={chosen.map((label) => label.name).join(', ') || 'none'}
      readOnly={props.readOnly}
      className={clsx('flex-wrap py-1', props.className)}
      content={() => (
        <Picker
          label="Labels"
          placeholder="Label, or a new name…"
          choices={choices}
          chosen={props.value}
          search={search}
          onSearch={setSearch}
          onChoose={(id) => props.onToggle(id, !props.value.includes(id))}
          onCreate={async (name) => {
            const id = await makeLabel(name);
            setSearch('');
            if (id) props.onToggle(id, true);
          }}
        />
      )}
    >
      {chosen.length === 0 ? (
        <>
          <Tag size={14} className="text-ink-3" aria-hidden />
          <span className="text-ink-3">No labels</span>
        </>
      ) : (
        chosen.map((label) => <LabelChip key={label.id} label={label} />)
      )}
    </FieldButton>
  );
}
