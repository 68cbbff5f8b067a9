// The setting of most sync tests: a workspace with two members, and devices of theirs.
import { expect } from 'vitest';
import type { SyncedTable } from '../../db/sync/schema';
import { schema } from '../../db/tables';
import type { TestApi, TestPerson } from './api';
import { type Device, openDevice } from './device';
import { until } from './until';
import { foundWorkspace, join } from './workspace';

export interface Station {
  readonly api: TestApi;
  readonly ada: TestPerson;
  readonly ben: TestPerson;
  readonly workspaceId: string;
  /** A new device of a person, after its first load. */
  device(person: TestPerson): Promise<Device>;
  /** Makes a project on a device. @returns its id */
  project(on: Device, key?: string): Promise<string>;
  /** Makes a task on a device. @returns its id */
  task(on: Device, project: string, title: string): Promise<string>;
  titleOf(on: Device, task: string): Promise<string | undefined>;
  /** Waits until each device shows this title (undefined: no such task). */
  shows(title: string | undefined, task: string, ...on: Device[]): Promise<void>;
  /** R1: with nothing pending, the rows of every device are the server's. */
  expectSame(...devices: Device[]): Promise<void>;
  /** Closes the devices. */
  close(): Promise<void>;
}

/** A new workspace with new people, on a running API. */
export async function openStation(api: TestApi): Promise<Station> {
  const ada = await api.person('Ada');
  const ben = await api.person('Ben');
  const { workspaceId } = await foundWorkspace(ada);
  await join(ada, ben, workspaceId, 'member');
  const open: Device[] = [];
  const titleOf = async (on: Device, id: string) =>
    (await on.rows<{ title: string }>('select title from task where id = $1', id))[0]?.title;
  return {
    api,
    ada,
    ben,
    workspaceId,
    titleOf,
    async device(person) {
      const device = await openDevice(api.url, person);
      open.push(device);
      await device.settled();
      return device;
    },
    async project(on, key = `K${Math.floor(Math.random() * 1e7)}`) {
      const id = crypto.randomUUID();
      await on.write(
        "insert into project (id, workspace_id, key, name, position) values ($1, $2, $3, 'Operations', 'a0')",
        id,
        workspaceId,
        key,
      );
      return id;
    },
    async task(on, project, title) {
      const id = crypto.randomUUID();
      await on.write(
        "insert into task (id, workspace_id, project_id, title, position) values ($1, $2, $3, $4, 'a0')",
        id,
        workspaceId,
        project,
        title,
      );
      return id;
    },
    async shows(title, task, ...on) {
      for (const device of on) {
        await until(`the title ${title}`, async () => (await titleOf(device, task)) === title);
      }
    },
    async expectSame(...devices) {
      for (const device of devices) await device.settled();
      for (const [table, { scope, visible }] of Object.entries<SyncedTable>(schema.tables)) {
        const all = `from "${table}" t where "${scope}" = $1`;
        const sql = `select to_jsonb(t) - 'search' as row ${all} order by id`;
        for (const device of devices) {
          const seen = visible ? ` and ${visible} ` : ' and $2::text is not null ';
          const server = await api.pool.query(sql.replace(all, all + seen), [
            workspaceId,
            device.store.userId,
          ]);
          const same = async () =>
            JSON.stringify(await device.rows(sql, workspaceId)) === JSON.stringify(server.rows);
          await until(`${table} as on the server`, same).catch(async () =>
            expect(await device.rows(sql, workspaceId)).toEqual(server.rows),
          );
        }
      }
    },
    async close() {
      await Promise.all(open.splice(0).map((device) => device.close()));
    },
  };
}
