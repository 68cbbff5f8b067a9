// One task in light mode: its fields, description and comments.
import { type FormEvent, useState } from 'react';
import { inputStyle } from '../kit/field';
import { clockTime, LightPage, PlainButton, PlainMark } from '../kit/light';
import { AsOf } from '../sync/light/as-of';
import { useLightPlace, useLightView, useLightWrite } from '../sync/light/react';
import { isStatus, statuses, statusNames } from './facts';
import { changedTask, newComment } from './light-write';

export function LightTask({ id }: { id: string }) {
  const view = useLightView('task', { task: id });
  const place = useLightPlace();
  const write = useLightWrite();
  const { rows, places } = view.laid('tasks', 'task');
  const task = rows.find((row) => row.id === id);
  const members = view.rows('members');
  const laid = view.laid('comments', 'comment');
  const comments = laid.rows
    .filter((comment) => comment.task_id === id)
    .sort((one, other) => Date.parse(String(one.created_at)) - Date.parse(String(other.created_at)));
  if (!task) {
    return (
      <LightPage title="Task" back={{ to: '#/tasks', name: 'Projects' }}>
        <AsOf view={view} time={clockTime} />
        {view.kept ? <p>This task does not exist any more.</p> : null}
      </LightPage>
    );
  }
  const isReadOnly = place.role === 'guest';
  const state = places.get(id) ?? 'server';
  const status = isStatus(task.status) ? task.status : 'todo';
  const change = (set: Readonly<Record<string, string | null>>) => void write(changedTask(task, set));
  return (
    <LightPage
      title={String(task.title)}
      back={{ to: `#/tasks/project/${task.project_id}`, name: 'Tasks of the project' }}
    >
      <div className="flex flex-wrap items-center gap-3">
        <PlainMark words pending={state === 'here'} writing={state === 'storing'} />
        <AsOf view={view} time={clockTime} />
      </div>
      <TitleForm
        key={String(task.title)}
        title={String(task.title)}
        isReadOnly={isReadOnly}
        save={(title) => change({ title })}
      />
      <div className="grid grid-cols-2 gap-3 phone:grid-cols-1">
        <Choice
          label="State"
          value={status}
          isReadOnly={isReadOnly}
          choices={statuses.map((name) => [name, statusNames[name]])}
          choose={(next) => change({ status: next })}
        />
        <Choice
          label="Assignee"
          value={task.assignee_id === null ? '' : String(task.assignee_id)}
          isReadOnly={isReadOnly}
          choices={[
            ['', 'Nobody'],
            ...members.map(({ id: one, name }) => [String(one), String(name)] as const),
          ]}
          choose={(next) => change({ assignee_id: next === '' ? null : next })}
        />
      </div>
      {task.due_on ? <p className="text-sm text-ink-2">Due on {dayOf(String(task.due_on))}</p> : null}
      <section aria-label="Description">
        <h2 className="mb-1 text-sm font-[600]">Description</h2>
        <p className="whitespace-pre-wrap wrap-anywhere text-base">
          {task.description ? String(task.description) : 'None.'}
        </p>
      </section>
      <section aria-label="Comments">
        <h2 className="mb-1 text-sm font-[600]">Comments</h2>
        <ul className="flex flex-col gap-2">
          {comments.map((comment) => {
            const at = laid.places.get(String(comment.id)) ?? 'server';
            return (
              <li key={String(comment.id)} className="rounded-md bg-surface px-3 py-2 shadow-card">
                <p className="flex items-center gap-2 text-xs text-ink-2">
                  {String(comment.author) || 'Somebody'}, {clockTime(Date.parse(String(comment.created_at)))}
                  <PlainMark pending={at === 'here'} writing={at === 'storing'} />
                </p>
                <p className="whitespace-pre-wrap wrap-anywhere">{String(comment.body)}</p>
              </li>
            );
          })}
        </ul>
        {isReadOnly ? null : <CommentForm save={(body) => write(newComment(place, id, body))} />}
      </section>
    </LightPage>
  );
}

function TitleForm(props: { title: string; isReadOnly: boolean; save: (title: string) => void }) {
  const [title, setTitle] = useState(props.title);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() && title.trim() !== props.title) props.save(title.trim());
  };
  if (props.isReadOnly) return null;
  return (
    <form onSubmit={submit} className="flex gap-2">
      <input
        aria-label="Title"
        value={title}
        maxLength={500}
        onChange={(event) => setTitle(event.target.value)}
        className={inputStyle}
      />
      <PlainButton type="submit" disabled={!title.trim() || title.trim() === props.title}>
        Save title
      </PlainButton>
    </form>
  );
}

function Choice(props: {
  label: string;
  value: string;
  isReadOnly: boolean;
  choices: readonly (readonly [string, string])[];
  choose: (value: string) => void;
}) {
  return (
    <label className="flex flex-col gap-1 text-sm font-[500]">
      {props.label}
      <select
        value={props.value}
        disabled={props.isReadOnly}
        onChange={(event) => props.choose(event.target.value)}
        className={inputStyle}
      >
        {props.choices.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function CommentForm({ save }: { save: (body: string) => Promise<boolean> }) {
  const [body, setBody] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (body.trim() && (await save(body))) setBody('');
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="mt-2 flex flex-col items-start gap-2">
      <textarea
        aria-label="Write a comment"
        value={body}
        rows={3}
        onChange={(event) => setBody(event.target.value)}
        className="w-full rounded-md bg-surface p-2.5 text-sm ring-1 ring-inset ring-line-strong"
      />
      <PlainButton type="submit">Comment</PlainButton>
    </form>
  );
}

/** @param date YYYY-MM-DD */
const dayOf = (date: string) => new Date(`${date}T00:00`).toLocaleDateString([], { dateStyle: 'medium' });
