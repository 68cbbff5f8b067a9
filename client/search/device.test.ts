// Search on a device: the words of rows are made after the rows, and are those of the rows.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../scripts/testing/api';
import type { Device } from '../../scripts/testing/device';
import { openStation, type Station } from '../../scripts/testing/station';
import { until } from '../../scripts/testing/until';

let api: TestApi;
let station: Station;
beforeAll(async () => {
  api = await startTestApi();
  station = await openStation(api);
});
afterAll(async () => {
  await station.close();
  await api.stop();
});

const allRead = (device: Device) =>
  until('all is read', async () => (await device.rows('select from sync.unread')).length === 0);

/** Words that search has and the rows have not, or the reverse. */
const wrong = `
  with truth as (
    select id, 'task' as name, setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', left(description, 100000)), 'B') as words from task
    union all select id, 'comment', to_tsvector('simple', left(body, 100000)) from comment
    union all select id, 'booking', setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', left(notes, 100000)), 'B') from booking
    union all select id, 'page', setweight(to_tsvector('simple', title), 'A') from page
  )
  select coalesce(t.id, w.row_id) as id from truth t full join sync.words w on w.row_id = t.id and w."table" = t.name
   where t.id is null or w.row_id is null or t.words <> w.words`;

test('R1: words follow rows that are loaded, written here, changed elsewhere, and deleted', async () => {
  const project = crypto.randomUUID();
  await api.pool.query(
    "insert into project (id, workspace_id, key, name, position) values ($1, $2, 'OPS', 'Operations', 'a0')",
    [project, station.workspaceId],
  );
  await api.pool.query(
    `insert into task (id, workspace_id, project_id, title, description, position)
       select gen_random_uuid(), $1, $2, 'Pump ' || i, 'Diesel ' || i, 'a0' from generate_series(1, 350) i`,
    [station.workspaceId, project],
  );
  const device = await station.device(station.ada);
  await allRead(device);
  expect(await device.rows(wrong)).toEqual([]);
  const found = (word: string) =>
    device.rows(`select row_id from sync.words where words @@ to_tsquery('simple', '${word}')`);
  expect(await found('pump')).toHaveLength(350);

  const task = await station.task(device, project, 'Winch');
  await device.write(
    "insert into comment (id, workspace_id, task_id, body) values (gen_random_uuid(), $1, $2, 'Anchor chain')",
    station.workspaceId,
    task,
  );
  await until('it is found', async () => (await found('winch & !anchor')).length === 1);
  await until('the comment too', async () => (await found('anchor')).length === 1);
  // What changes no text is not read again; what does is.
  await device.write('update task set title = $1 where id = $2', 'Capstan', task);
  await api.pool.query("update task set description = 'Petrol' where title = 'Pump 7'");
  await api.pool.query("delete from task where title like 'Pump 1%'");
  await until('it is found elsewhere', async () => (await found('petrol')).length === 1);
  await until('the deleted ones are not', async () => (await found('pump')).length === 350 - 111);
  await allRead(device);
  expect(await found('winch')).toEqual([]);
  expect(await device.rows(wrong)).toEqual([]);
});
