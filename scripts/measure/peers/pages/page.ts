// The page of every peer: opens its database, shows the live list, and does what it is asked to do while it looks at the
// clock. Which peer it is says the build (peer-site.ts), by the name '#peer'.
import { database } from '#peer';
import type { GeneratedTask } from '../../generated-tasks';
import { type PeerPage, type Shown, type UseSamples, writableMark } from '../../peer-contract';

const shownTasks = document.querySelector('#tasks') as HTMLUListElement;
const terms = ['pump', 'ballast', 'needle', 'freezer sensor', 'mast', 'winch', 'diesel', 'anchor hatch'];

/** Resolves after the browser has painted what the DOM is now. */
function painted(): Promise<number> {
  return new Promise((done) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done(performance.now());
      channel.port2.postMessage(null);
    });
  });
}

function show(rows: readonly Shown[]): void {
  shownTasks.replaceChildren(
    ...rows.map((row) => {
      const item = document.createElement('li');
      item.textContent = row.title;
      item.dataset.id = row.id;
      return item;
    }),
  );
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}

async function samples<T>(times: number, take: (i: number) => Promise<T>): Promise<T[]> {
  const taken: T[] = [];
  for (let i = 0; i <= times; i++) {
    const sample = await take(i);
    if (i > 0) taken.push(sample);
    // Nothing of one sample is left for the next one to wait for.
    await painted();
  }
  return taken;
}

async function open(): Promise<PeerPage> {
  await database.open();
  performance.mark(writableMark);
  let seen: (rows: readonly Shown[]) => void = () => {};
  await database.watch((rows) => {
    show(rows);
    seen(rows);
  });

  /** Changes the title of a task in the list. */
  async function write(i: number): Promise<{ durable: number; live: number; painted: number }> {
    const items = shownTasks.children;
    const { id = '' } = (items[i % items.length] as HTMLElement).dataset;
    const title = `Changed ${i} ${performance.now()}`;
    const begun = performance.now();
    const live = new Promise<number>((done) => {
      seen = (rows) => {
        if (rows.some((row) => row.title === title)) done(performance.now() - begun);
      };
    });
    const onScreen = live.then(async () => (await painted()) - begun);
    const durable = database.setTitle(id, title).then(() => performance.now() - begun);
    return { durable: await durable, live: await live, painted: await onScreen };
  }

  return {
    async load(count) {
      if (await database.isFilled()) return 0;
      const tasks = (await (await fetch(`/tasks/${count}`)).json()) as GeneratedTask[];
      const shown = new Promise<void>((done) => {
        seen = (rows) => {
          if (rows.length > 0) done();
        };
      });
      const ms = await timed(() => database.insert(tasks));
      await shown;
      return ms;
    },
    async use(times): Promise<UseSamples> {
      const ids = [...shownTasks.children].map((item) => (item as HTMLElement).dataset.id ?? '');
      if (ids.length !== 100) throw new Error(`the list shows ${ids.length} tasks`);
      const writes = await samples(times, write);
      const list = await samples(times, () =>
        timed(async () => {
          const rows = await database.list();
          if (rows.length !== 100) throw new Error(`the list has ${rows.length} tasks`);
        }),
      );
      const point = await samples(times, (i) =>
        timed(async () => {
          if (!(await database.point(ids[i % ids.length]!))) throw new Error('a task was not found');
        }),
      );
      const search = await samples(times, (i) =>
        timed(async () => {
          if ((await database.search(terms[i % terms.length]!)).length === 0) throw new Error('no hits');
        }),
      );
      return {
        durable: writes.map((w) => w.durable),
        live: writes.map((w) => w.live),
        painted: writes.map((w) => w.painted),
        list,
        point,
        search,
      };
    },
  };
}

window.peer = open();
