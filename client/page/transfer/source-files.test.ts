// The bytes of chosen Markdown files as text: read right in each encoding, or left out with a sentence.
import { expect, test } from 'vitest';
import { planImport } from './import-plan';
import { chosenFiles } from './source-files';

const file = (name: string, bytes: Uint8Array) => new File([bytes as Uint8Array<ArrayBuffer>], name);
const text = '# Müller\r\n\r\nGrößen – „alle“\r\n';

test('UTF-8, UTF-16 and Windows-1252 become pages; what cannot be told is left out and said', async () => {
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  const western = Buffer.from(text.replace(/[–„“]/g, ''), 'latin1');
  const sources = await chosenFiles([
    file('a.md', Buffer.from(text)),
    file('b.md', Buffer.from(`\ufeff${text}`)),
    file('c.md', utf16),
    file('d.md', Buffer.from(utf16).swap16()),
    file('e.md', western),
    file('f.md', Uint8Array.from([0xcf, 0xf0, 0xee, 0xe2, 0xe5, 0xf0, 0xea, 0xe0])),
  ]);
  const { pages, report } = planImport(sources, { workspaceId: crypto.randomUUID(), name: 'Notes' });
  expect(pages.filter(({ title }) => title === 'Müller')).toHaveLength(5);
  const bodies = pages.filter(({ title }) => title === 'Müller').map(({ body }) => JSON.stringify(body));
  expect(bodies.every((body) => body.includes('Größen') && !/\ufffd|\\u0000/.test(body))).toBe(true);
  expect(report.pages).toBe(5);
  expect(report.notes.map(({ what, where }) => [what.split(':')[0], where])).toEqual([
    ['files that do not say how their letters are written, read as Windows-1252', ['e.md']],
    ['files left out', ['f.md']],
  ]);
});
