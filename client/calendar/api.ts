// The subscriptions of a resource's calendar: made and revoked on the server (C4). All of them throw an ApiError.
import { z } from 'zod';
import { call, pathOf } from '../sync/react/request';

const feed = z.object({
  id: z.string(),
  madeBy: z.string(),
  createdAt: z.string(),
  readAt: z.string().nullable(),
});
export type Feed = z.infer<typeof feed>;

export const calendarApi = {
  feeds: (workspaceId: string, resourceId: string) =>
    call(
      'GET',
      pathOf('workspaces', workspaceId, 'resources', resourceId, 'feeds'),
      z.object({ feeds: z.array(feed) }),
    ),
  createFeed: (workspaceId: string, resourceId: string) =>
    call(
      'POST',
      pathOf('workspaces', workspaceId, 'resources', resourceId, 'feeds'),
      z.object({ id: z.string(), url: z.string() }),
      {},
    ),
  revokeFeed: (workspaceId: string, feedId: string) =>
    call('DELETE', pathOf('workspaces', workspaceId, 'feeds', feedId), z.object({ id: z.string() })),
};
