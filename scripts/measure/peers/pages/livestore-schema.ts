// LiveStore's table and events: every write is an event in a log, and what the tables say is made of the events.
import { Events, makeSchema, Schema, State } from '@livestore/livestore';

const text = State.SQLite.text;

export const tables = {
  task: State.SQLite.table({
    name: 'task',
    columns: {
      id: text({ primaryKey: true }),
      title: text(),
      description: text(),
      status: text(),
      priority: State.SQLite.integer(),
      position: text(),
    },
    indexes: [{ name: 'task_list', columns: ['status', 'position', 'id'] }],
  }),
};

const task = Schema.Struct({
  id: Schema.String,
  title: Schema.String,
  description: Schema.String,
  status: Schema.String,
  priority: Schema.Number,
  position: Schema.String,
});

export const events = {
  tasksImported: Events.synced({
    name: 'v1.TasksImported',
    schema: Schema.Struct({ tasks: Schema.Array(task) }),
  }),
  taskNamed: Events.synced({
    name: 'v1.TaskNamed',
    schema: Schema.Struct({ id: Schema.String, title: Schema.String }),
  }),
};

const materializers = State.SQLite.materializers(events, {
  'v1.TasksImported': (imported) => imported.tasks.map((one) => tables.task.insert(one)),
  'v1.TaskNamed': ({ id, title }) => tables.task.update({ title }).where({ id }),
});

export const schema = makeSchema({ events, state: State.SQLite.makeState({ tables, materializers }) });
