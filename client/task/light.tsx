// Tasks in light mode: the projects, the tasks of one by their state, and one task.
import { type FormEvent, useState } from 'react';
import type { LightRow } from '../../db/sync/light';
import { inputStyle } from '../kit/field';
import { clockTime, type LightFeature, LightPage, PlainButton, PlainLink, PlainMark } from '../kit/light';
import { AsOf } from '../sync/light/as-of';
import type { Place } from '../sync/light/lay';
import { useLightPlace, useLightView, useLightWrite } from '../sync/light/react';
import { statuses, statusNames } from './facts';
import { LightTask } from './light-task';
import { changedTask, newTask } from './light-write';

export const taskLight: LightFeature = {
  name: 'tasks',
  title: 'Tasks',
  Page({ path: [what, id] }) {
    if (what === 'project' && id) return <Project key={id} id={id} />;
    if (what === 'task' && id) return <LightTask key={id} id={id} />;
    return <Projects />;
  },
};

function Projects() {
  const view = useLightView('projects');
  const { rows } = view.laid('projects', 'project');
  const open = rows.filter(({ archived }) => archived !== true);
  return (
    <LightPage title="Projects">
      <ul aria-label="Projects" className="flex flex-col gap-1">
        {open.map((project) => (
          <li key={String(project.id)}>
            <a
              href={`#/tasks/project/${project.id}`}
              className="flex min-h-11 items-center gap-3 rounded-md bg-surface px-3 shadow-card hover:bg-hover"
            >
              <span className="text-xs text-ink-3">{String(project.key)}</span>
              <span className="min-w-0 wrap-anywhere">{String(project.name)}</span>
            </a>
          </li>
        ))}
      </ul>
      {view.kept && open.length === 0 ? <p className="text-ink-2">There are no projects yet.</p> : null}
      <AsOf view={view} time={clockTime} />
    </LightPage>
  );
}

function Project({ id }: { id: string }) {
  const view = useLightView('tasks', { project: id });
  const place = useLightPlace();
  const write = useLightWrite();
  const [title, setTitle] = useState('');
  const { rows, places } = view.laid('tasks', 'task');
  const [project] = view.rows('projects');
  // What was laid over may be of another project, or have left this one.
  const tasks = rows.filter((task) => task.project_id === id).sort(byPosition);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() && (await write(newTask(place, id, title, tasks)))) setTitle('');
  };
  return (
    <LightPage title={project ? String(project.name) : 'Project'} back={{ to: '#/tasks', name: 'Projects' }}>
      {place.role === 'guest' ? null : (
        <form onSubmit={(event) => void add(event)} className="flex gap-2">
          <input
            aria-label="New task"
            placeholder="New task"
            value={title}
            maxLength={500}
            onChange={(event) => setTitle(event.target.value)}
            className={inputStyle}
          />
          <PlainButton type="submit" variant="primary">
            Add
          </PlainButton>
        </form>
      )}
      <AsOf view={view} time={clockTime} />
      {statuses.map((status) => {
        const those = tasks.filter((task) => task.status === status);
        if (those.length === 0) return null;
        return (
          <section key={status} aria-label={`${statusNames[status]}, ${those.length}`}>
            <h2 className="mb-1 text-sm font-[600]">
              {statusNames[status]} <span className="font-[400] text-ink-3">{those.length}</span>
            </h2>
            <ul className="flex flex-col gap-1">
              {those.map((task) => (
                <TaskRow key={String(task.id)} task={task} place={places.get(String(task.id)) ?? 'server'} />
              ))}
            </ul>
          </section>
        );
      })}
      {view.kept && tasks.length === 0 ? <p className="text-ink-2">There are no tasks yet.</p> : null}
    </LightPage>
  );
}

function TaskRow({ task, place }: { task: LightRow; place: Place }) {
  const write = useLightWrite();
  const { role } = useLightPlace();
  const isDone = task.status === 'done';
  const title = String(task.title);
  return (
    <li className="flex items-center gap-2 rounded-md bg-surface px-3 shadow-card">
      <PlainLink to={`#/tasks/task/${task.id}`}>
        <span className="inline-flex min-h-11 items-center wrap-anywhere">{title}</span>
      </PlainLink>
      <span className="ml-auto flex shrink-0 items-center gap-2">
        <PlainMark pending={place === 'here'} writing={place === 'storing'} />
        {role === 'guest' ? null : (
          <PlainButton
            aria-label={isDone ? `Open again: ${title}` : `Done: ${title}`}
            onClick={() => void write(changedTask(task, { status: isDone ? 'todo' : 'done' }))}
          >
            {isDone ? 'Open again' : 'Done'}
          </PlainButton>
        )}
      </span>
    </li>
  );
}

function byPosition(one: LightRow, other: LightRow): number {
  const [a, b] = [String(one.position), String(other.position)];
  return a < b ? -1 : a > b ? 1 : String(one.id) < String(other.id) ? -1 : 1;
}
