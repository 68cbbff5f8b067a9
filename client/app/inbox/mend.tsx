// Mending what a rule refused: another name, another value, another thing to hang on; then it is sent again.

import { type FormEvent, useId, useState } from 'react';
import type { RefusedResolution } from '../../../db/sync/constraint-rule';
import type { Column } from '../../../db/sync/define';
import { Button } from '../../kit/button';
import type { NamedRow } from '../../kit/feature';
import { inputStyle } from '../../kit/field';
import { columnName, columnOf, useNamed } from './values';

/** @returns whether a way of resolving is one that this offers for the column; canReplace: see useCanReplace() */
export function mendable(
  way: RefusedResolution,
  column: Column | null,
  canReplace: (table: string) => boolean,
): boolean {
  if (way === 'other-parent') return column?.names !== undefined && canReplace(column.names);
  return (way === 'rename' || way === 'edit') && column?.control !== undefined;
}

export function Mend(props: {
  table: string;
  field: string;
  value: unknown;
  /** How many things go along. */
  withHeld: number;
  ways: readonly RefusedResolution[];
  onSend: (value: unknown) => void;
}) {
  const { table, field } = props;
  const id = useId();
  const column = columnOf(table, field);
  const named = useNamed();
  const [text, setText] = useState(String(props.value ?? ''));
  const choices: readonly NamedRow[] | null =
    column?.names === undefined ? null : (named(column.names) ?? []).filter((row) => !row.archived);
  const same =
    text === String(props.value ?? '') ||
    (choices ? !choices.some((c) => c.id === text) : text.trim() === '');
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (same) return;
    props.onSend(
      column?.control === 'number' ? Number(text) : field === 'key' ? text.trim().toUpperCase() : text,
    );
  };
  const verb = props.ways.includes('rename')
    ? 'Rename and send'
    : props.ways.includes('edit')
      ? 'Change and send'
      : 'Move there and send';
  return (
    <form onSubmit={send} className="mt-3 flex flex-wrap items-end gap-2">
      <div className="flex min-w-40 flex-1 flex-col gap-1">
        <label htmlFor={id} className="text-xs text-ink-2">
          {choices ? 'Another' : 'New'} {columnName(table, field)}
        </label>
        {choices ? (
          <select
            id={id}
            value={text}
            onChange={(event) => setText(event.target.value)}
            className={inputStyle}
          >
            <option value={String(props.value ?? '')}>Choose…</option>
            {choices.map((choice) => (
              <option key={choice.id} value={choice.id}>
                {choice.name}
              </option>
            ))}
          </select>
        ) : column?.control === 'long-text' ? (
          <textarea
            id={id}
            value={text}
            onChange={(event) => setText(event.target.value)}
            className={`${inputStyle} h-auto! min-h-20 py-1.5`}
          />
        ) : (
          <input
            id={id}
            type={column?.control === 'number' ? 'number' : column?.control === 'day' ? 'date' : 'text'}
            value={text}
            onChange={(event) => setText(event.target.value)}
            className={inputStyle}
          />
        )}
      </div>
      <Button variant="primary" type="submit" disabled={same}>
        {verb}
        {props.withHeld > 0
          ? ` with ${props.withHeld === 1 ? 'what hangs on it' : `${props.withHeld} others`}`
          : ''}
      </Button>
    </form>
  );
}
