// The movement of stock: never in the outbox, the server carries it out or refuses it (C4).
import { z } from 'zod';
import { call, inNameOf } from '../sync/react/request';

const moved = z.object({
  movementId: z.string(),
  from: z.number().nullable(),
  to: z.number().nullable(),
  repeated: z.boolean(),
});
export type Moved = z.infer<typeof moved>;

/** A movement of stock as the server takes it; the id makes a repetition harmless. */
export interface Movement {
  readonly workspaceId: string;
  readonly id: string;
  readonly itemId: string;
  readonly fromId: string | null;
  readonly toId: string | null;
  readonly quantity: number;
  readonly reason: string;
  /** Carried out only if this much lies there (in fromId, or toId for what is added). */
  readonly expected?: number;
}

export const stockApi = {
  /** @param userId in whose name: another person's session does not carry it out. */
  moveStock: (userId: string, movement: Movement) =>
    call('POST', '/api/stock/movements', moved, movement, inNameOf(userId)),
};
