// The door to the network where the order of things matters: answers that come late, and bodies that never end.
import { expect, test } from 'vitest';
import { Link, readText } from './link';

/** A link whose requests are answered by hand, in the order in which they were made. */
function byHand(): { link: Link; answer: (nth: number, response: Response) => void } {
  const waiting: ((response: Response) => void)[] = [];
  const link = new Link({
    baseUrl: '',
    userId: 'ada',
    fetch: () => new Promise((resolve) => waiting.push(resolve)),
  });
  return { link, answer: (nth, response) => waiting[nth]!(response) };
}

const signedOut = () =>
  Response.json({ error: { kind: 'signed-out', sentence: 'Sign in.' } }, { status: 401 });

test('A3: an answer to a request from before the person signed in again does not sign them out', async () => {
  const { link, answer } = byHand();
  const early = link.once('/early');
  link.wake();
  answer(0, signedOut());
  await expect(early).rejects.toMatchObject({ kind: 'signed-out' });
  expect(link.state.session).toBe('signed-in');
  const late = link.once('/late');
  answer(1, signedOut());
  await expect(late).rejects.toMatchObject({ kind: 'signed-out' });
  expect(link.state.session).toBe('expired');
});

test('R6: a body is not waited for when its request was ended, or the store closed', async () => {
  const endless = () => new Response(new ReadableStream());
  const { link, answer } = byHand();
  const end = new AbortController();
  const ended = link.once('/ended', { signal: end.signal });
  const closed = link.once('/closed');
  answer(0, endless());
  answer(1, endless());
  const texts = [readText(await ended), readText(await closed)];
  end.abort();
  await expect(texts[0]).rejects.toMatchObject({ kind: 'unreachable' });
  link.close();
  await expect(texts[1]).rejects.toMatchObject({ kind: 'unreachable' });
});
