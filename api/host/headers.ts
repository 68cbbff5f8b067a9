// Headers that every answer has, whoever writes it: routes, files, errors, the development server.
import type { Server } from 'node:http';

/** A year, as browsers' lists ask for. */
const YEAR = 31_536_000;

/** @param publicUrl the address that browsers use; over https it binds them to https */
export function answerWithHeaders(server: Server, publicUrl: string | null): void {
  const secure = publicUrl?.startsWith('https:') ?? false;
  server.prependListener('request', (_request, response) => {
    response.setHeader('x-content-type-options', 'nosniff');
    if (secure) response.setHeader('strict-transport-security', `max-age=${YEAR}`);
  });
}
