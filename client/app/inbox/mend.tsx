// Mending what a rule refused: another name, another value, another thing to hang on; then it is sent again.

import { type FormEvent, useId, useState } from 'react';
import type { RefusedResolution } from '../../../db/violation-rules';
import { useWorkspace } from '../../account/workspace';
import { resources } from '../../booking/queries';
import { Button } from '../../kit/button';
import { inputStyle } from '../../kit/field';
import { useLive } from '../../sync/react/store-context';
import { useProjects } from '../../task';
import { fieldNames } from './values';

const parents = ['project_id', 'assignee_id', 'resource_id'];
const typed = ['key', 'name', 'title', 'description', 'body', 'notes', 'unit', 'time_zone', 'color'];
const long = ['description', 'body', 'notes'];
const numbers = ['capacity', 'minimum', 'priority', 'open_days'];

/** @returns whether a way of resolving is one that this offers for the field */
export function mendable(way: RefusedResolution, field: string): boolean {
  if (way === 'other-parent') return parents.includes(field);
  return (way === 'rename' || way === 'edit') && [...typed, ...numbers].includes(field);
}

export function Mend(props: {
  field: string;
  value: unknown;
  /** How many things go along. */
  withHeld: number;
  ways: readonly RefusedResolution[];
  onSend: (value: unknown) => void;
}) {
  const { field } = props;
  const id = useId();
  const workspace = useWorkspace();
  const projects = useProjects();
  const [text, setText] = useState(String(props.value ?? ''));
  const rooms = useLive(
    (db) => (field === 'resource_id' ? resources(db, workspace.id) : null),
    [field, workspace.id],
  );
  const choices =
    field === 'project_id'
      ? (projects ?? []).filter((p) => !p.archived)
      : field === 'assignee_id'
        ? workspace.members
        : field === 'resource_id'
          ? (rooms ?? []).filter((r) => !r.archived)
          : null;
  const same =
    text === String(props.value ?? '') ||
    (choices ? !choices.some((c) => c.id === text) : text.trim() === '');
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (same) return;
    props.onSend(numbers.includes(field) ? Number(text) : field === 'key' ? text.trim().toUpperCase() : text);
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
          {choices ? 'Another' : 'New'} {fieldNames[field] ?? field}
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
        ) : long.includes(field) ? (
          <textarea
            id={id}
            value={text}
            onChange={(event) => setText(event.target.value)}
            className={`${inputStyle} h-auto! min-h-20 py-1.5`}
          />
        ) : (
          <input
            id={id}
            type={numbers.includes(field) ? 'number' : 'text'}
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
