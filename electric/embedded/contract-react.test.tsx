// @vitest-environment happy-dom
// The contract as @electric-sql/react sees it.
import { preloadShape, useShape } from '@electric-sql/react';
import { act, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../scripts/testing/until';
import { type Target, targets } from './testing/target';

function Names({ options }: { options: Parameters<typeof useShape<{ id: number; name: string }>>[0] }) {
  const { data, isLoading } = useShape<{ id: number; name: string }>(options);
  return <p>{isLoading ? 'loading' : data.map((row) => row.name).join(', ')}</p>;
}

describe.each(targets)('@electric-sql/react with $name', ({ open }) => {
  let target: Target;
  const aborter = new AbortController();
  beforeAll(async () => {
    target = await open();
  });
  afterAll(async () => {
    aborter.abort();
    await target.close();
  });

  test('useShape renders the rows, and again when they change', async () => {
    const table = await target.table('(id int primary key, name text)');
    await target.sql.query(`insert into ${table} values (1, 'one')`);
    const options = {
      url: target.url,
      params: { table },
      fetchClient: target.fetch,
      signal: aborter.signal,
    };
    const element = document.body.appendChild(document.createElement('div'));
    const root = createRoot(element);
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
    await act(async () =>
      root.render(
        <StrictMode>
          <Names options={options} />
        </StrictMode>,
      ),
    );
    const shows = (text: string) =>
      until(`"${text}" on the page`, () => act(async () => element.textContent === text));
    await shows('one');
    await target.sql.query(`insert into ${table} values (2, 'two')`);
    await shows('one, two');
    await target.sql.query(`delete from ${table} where id = 1`);
    await shows('two');
    await act(async () => root.unmount());
  });

  test('preloadShape resolves with the rows', async () => {
    const table = await target.table('(id int primary key)');
    await target.sql.query(`insert into ${table} values (7)`);
    const shape = await preloadShape({
      url: target.url,
      params: { table },
      fetchClient: target.fetch,
      signal: aborter.signal,
    });
    expect(shape.currentRows).toEqual([{ id: 7 }]);
  });
});
