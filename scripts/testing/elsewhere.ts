// What answers in place of the server: the sign-in pages of networks, proxies, other programs. None of it may be believed.

const page = '<!doctype html><title>Welcome to the hotel</title><form action="/login">Room number</form>';
const html = (status: number) => () =>
  new Response(page, { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
const json = (text: string, status = 200) => {
  const headers = { 'content-type': 'application/json' };
  return () => new Response(text, { status, headers });
};

/** A redirect to a sign-in page arrives as that page: fetch follows it. */
export const elsewhereAnswers: Readonly<Record<string, () => Response>> = {
  'a page': html(200),
  'an empty answer': () => new Response('', { status: 200 }),
  'no content': () => new Response(null, { status: 204 }),
  'an empty object': json('{}'),
  'an empty list': json('[]'),
  null: json('null'),
  'JSON of something else': json('{"error":false,"user":{"name":3},"results":"none","ok":true}'),
  'half an answer': json('[{"headers":{"operation":"insert"'),
  'a 400 page': html(400),
  'a 401 page': html(401),
  'a 403 page': html(403),
  'a 404 page': html(404),
  'a 409 page': html(409),
  'a 500 page': html(500),
  'a 502 page': html(502),
  'a 511 page': html(511),
};

/** What a person must never read: texts of libraries and of JavaScript (W5). */
export const libraryText =
  /undefined|null|\bNaN\b|JSON|token|Unexpected|TypeError|SyntaxError|ZodError|DOMException|\[object|Cannot read|fetch|<|\{/i;
