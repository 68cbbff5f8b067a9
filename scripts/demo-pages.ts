// Pages of the demonstration workspace: what a field station writes down, with a checklist, a table and links.
import { generateNKeysBetween } from 'fractional-indexing';
import type { PoolClient } from 'pg';
import { newId } from '../db/sync/ids';

interface DemoPage {
  readonly title: string;
  readonly icon: string;
  /** `page:Title` as an address is a link to that page. */
  readonly text: string;
  readonly below?: readonly DemoPage[];
}

const pages: readonly DemoPage[] = [
  {
    title: 'Station handbook',
    icon: '📘',
    text: `How we run the place. Change it when it is wrong; everybody has it on their device, also on the ridge.

## Every morning

- [x] Read the mast, write the wind down
- [ ] Look at the fuel: **below 300 litres nobody drives for fun**
- [ ] Sign out on the board before leaving the compound

## Radio

| Channel | Who | When |
| --- | --- | --- |
| 8 | Station | always |
| 12 | Traverse | at 09:00 and 18:00 |
| 16 | Emergency | listen only |

> No answer twice in a row means we drive out.

See [Power](page:Power) for the generators and [When the weather turns](page:When the weather turns) before a storm.
`,
    below: [
      {
        title: 'Power',
        icon: '🔋',
        text: `## Starting generator 2

1. Fuel valve open, bypass closed
2. Glow for 20 seconds
3. Start, and wait until it holds 50 Hz
4. Only then the transfer switch

\`\`\`
bank A  48.2 V
bank B  47.9 V
\`\`\`

Write the hours into the log. The filters are in the blue crate.
`,
      },
      {
        title: 'When the weather turns',
        icon: '🌬️',
        text: `Below 950 hPa and falling:

- [ ] Guy wires of the north mast
- [ ] Vehicles into the lee, keys inside
- [ ] Water for two days in the main hut
- [ ] Tell the [traverse](https://en.wikipedia.org/wiki/Traverse_(surveying)) on channel 12
`,
      },
    ],
  },
  {
    title: 'Transect notes',
    icon: '🧭',
    text: `Plots 1 to 12, from the river upwards. *Moss height in millimetres, mean of five.*

| Plot | June | July |
| --- | --: | --: |
| 1 | 14 | 22 |
| 2 | 11 | 19 |
| 3 | 9 | 15 |
`,
  },
];

/** @param memberId who wrote them */
export async function seedPages(client: PoolClient, workspaceId: string, memberId: string): Promise<void> {
  // Only a first start needs the editor's schema.
  const [{ stateOfBody }, { bodySchema }, { readMarkdown }] = await Promise.all([
    import('../client/page/body/body-text'),
    import('../client/page/body/extensions'),
    import('../client/page/markdown/markdown-read'),
  ]);
  const schema = bodySchema();
  const ids = new Map<string, string>();
  const name = (list: readonly DemoPage[]) => {
    for (const page of list) {
      ids.set(page.title, newId());
      name(page.below ?? []);
    }
  };
  name(pages);
  const fill = async (list: readonly DemoPage[], parentId: string | null) => {
    const positions = generateNKeysBetween(null, null, list.length);
    for (const [i, page] of list.entries()) {
      const id = ids.get(page.title)!;
      await client.query(
        `insert into page (id, workspace_id, parent_id, title, icon, position, author_id)
           values ($1, $2, $3, $4, $5, $6, $7)`,
        [id, workspaceId, parentId, page.title, page.icon, positions[i], memberId],
      );
      const linked = page.text.replace(/\(page:([^)]+)\)/g, (_, title: string) => {
        return `(/w/${workspaceId}/d/${ids.get(title)})`;
      });
      const state = stateOfBody(readMarkdown(linked).body, schema);
      await client.query(
        'insert into document_update (id, workspace_id, document_id, update) values ($1, $2, $3, $4)',
        [newId(), workspaceId, id, Buffer.from(state)],
      );
      await fill(page.below ?? [], id);
    }
  };
  await fill(pages, null);
}
