// How much of the workspace's storage on the server is used. It throws an ApiError.
import { z } from 'zod';
import { call, pathOf } from '../../sync/react/request';

export const storageApi = {
  /** Bytes. */
  storage: (workspaceId: string) =>
    call(
      'GET',
      pathOf('workspaces', workspaceId, 'storage'),
      z.object({ files: z.number(), texts: z.number(), granted: z.number() }),
    ),
};
