// Which documents a local transaction wrote to.
import { z } from 'zod';
import { uuid } from '../../db/sync/uuid';
import { operation, type Verdict } from '../../db/sync/wire';
import type { DocumentName } from './keeper';

const named = operation.extend({
  table: z.literal('document_update'),
  kind: z.literal('insert'),
  set: z.object({ workspace_id: uuid, document_id: uuid }),
});

/** @param raw the transaction as it was sent, one operation for each verdict */
export function writtenDocuments(raw: unknown, verdicts: readonly Verdict[]): DocumentName[] {
  const { operations } = raw as { operations?: unknown };
  if (!Array.isArray(operations)) return [];
  return operations.flatMap((op, i) => {
    if (verdicts[i]?.status === 'refused') return [];
    const read = named.safeParse(op);
    if (!read.success) return [];
    const { workspace_id, document_id } = read.data.set;
    return [{ workspaceId: workspace_id, documentId: document_id }];
  });
}
