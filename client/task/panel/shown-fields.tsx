// Fields of a task that its definition alone describes: a line for each, typed and saved on leaving it.
import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { inputStyle } from '../../kit/field';
import { shownColumns } from '../shown-columns';

type Values = Readonly<Record<string, unknown>>;

export function ShownFields(props: {
  task: Values;
  /** Why it cannot be changed. */
  readOnly: string | null;
  /** @returns whether it is stored */
  onSave: (label: string, set: Values) => Promise<boolean>;
}) {
  return shownColumns.map(({ name, label, control }) => (
    <ShownField
      key={name}
      label={label}
      control={control}
      value={props.task[name]}
      readOnly={props.readOnly}
      onSave={(value) => props.onSave(label, { [name]: value })}
    />
  ));
}

function ShownField(props: {
  label: string;
  control: (typeof shownColumns)[number]['control'];
  value: unknown;
  readOnly: string | null;
  onSave: (value: unknown) => Promise<boolean>;
}) {
  const { label, control } = props;
  const id = useId();
  const stored = props.value === null || props.value === undefined ? '' : String(props.value);
  const [text, setText] = useState(stored);
  useEffect(() => setText(stored), [stored]);
  const save = async () => {
    if (text === stored) return;
    const value = text === '' && control !== 'text' && control !== 'long-text' ? null : text;
    await props.onSave(control === 'number' && value !== null ? Number(value) : value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setText(stored);
    if (event.key === 'Enter' && control !== 'long-text') void save();
  };
  const shared = {
    id,
    value: text,
    readOnly: props.readOnly !== null,
    title: props.readOnly ?? undefined,
    onBlur: () => void save(),
    onKeyDown,
  };
  return (
    <div className="flex min-h-8 items-center">
      <label htmlFor={id} className="w-24 shrink-0 text-ink-3">
        {label[0]!.toUpperCase() + label.slice(1)}
      </label>
      {control === 'long-text' ? (
        <textarea
          {...shared}
          onChange={(e) => setText(e.target.value)}
          className={`${inputStyle} h-auto! min-h-16 py-1.5`}
        />
      ) : (
        <input
          {...shared}
          type={control === 'number' ? 'number' : control === 'day' ? 'date' : 'text'}
          onChange={(e) => setText(e.target.value)}
          className={inputStyle}
        />
      )}
    </div>
  );
}
