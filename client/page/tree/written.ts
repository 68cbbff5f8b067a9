// Where this person wrote last, by page: so that a page that another put into the bin meanwhile is offered back, also
// when it is not open any more.
import { recall, remember } from '../../kit/remember';

const keep = 50;
const key = (workspaceId: string) => `pages.written.${workspaceId}`;

/** ms since 1970 of the last own change of a body, by page. */
export function writtenAt(workspaceId: string): Record<string, number> {
  return recall<Record<string, number>>(key(workspaceId)) ?? {};
}

export function noteWritten(workspaceId: string, pageId: string): void {
  const all = Object.entries({ ...writtenAt(workspaceId), [pageId]: Date.now() });
  remember(key(workspaceId), Object.fromEntries(all.sort((a, b) => b[1] - a[1]).slice(0, keep)));
}

/** Call when the person has been told, or put it into the bin themselves. */
export function forgetWritten(workspaceId: string, pageId: string): void {
  const { [pageId]: _, ...rest } = writtenAt(workspaceId);
  remember(key(workspaceId), rest);
}
