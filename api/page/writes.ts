// What is done with bodies of pages when they are written: updates that nobody could read are refused, and the keeper
// hears which documents were written to.
import { bytesOfText, type UpdateFault } from '../../db/page/update';
import type { Operation } from '../../db/sync/wire';
import type { Refusal, WriteFeature } from '../sync/write-feature';
import { faultsOf } from './faults';
import type { DocumentKeeper } from './keeper';
import type { DocumentName } from './tend';

/** Columns that hold Yjs updates. */
const bodyColumns: Readonly<Record<string, string>> = {
  document_update: 'update',
  document_version: 'state',
};

/** @param keeper is told of documents that were written to; absent in a thread */
export function documentWrites(keeper?: DocumentKeeper): WriteFeature<DocumentName> {
  return {
    async check(operations, person) {
      const bodies = operations.filter((op) => op.kind === 'insert' && bodyColumns[op.table] !== undefined);
      const faults = await bodyFaults(bodies, person.id);
      return new Map(
        bodies.flatMap((op) => {
          const refusal = refusalOf(op, faults.get(op));
          return refusal ? [[op, refusal] as const] : [];
        }),
      );
    },
    note({ kind, table, set }) {
      if (kind !== 'insert' || table !== 'document_update') return null;
      const { workspace_id: workspaceId, document_id: documentId } = set;
      if (typeof workspaceId !== 'string' || typeof documentId !== 'string') return null;
      return { workspaceId, documentId };
    },
    committed: (names, person) => keeper?.touched(names, person.id),
  };
}

/** @returns for each body what is wrong with its update, or null */
async function bodyFaults(
  bodies: readonly Operation[],
  person: string,
): Promise<ReadonlyMap<Operation, UpdateFault | null>> {
  const faults = new Map<Operation, UpdateFault | null>();
  const updates = new Map<Operation, Uint8Array>();
  for (const op of bodies) {
    const bytes = bytesOfText(op.set[bodyColumns[op.table]!]);
    if (bytes === null) faults.set(op, 'malformed');
    else updates.set(op, bytes);
  }
  const found = await faultsOf([...updates.values()], person);
  for (const [i, op] of [...updates.keys()].entries()) faults.set(op, found[i]!);
  return faults;
}

/** @param fault of the update in it; undefined: nobody has read it */
function refusalOf({ table, set }: Operation, fault: UpdateFault | null | undefined): Refusal | null {
  if ((set.compacted ?? 0) !== 0) return { kind: 'invalid', rule: 'document_update_compacted_range' };
  if (fault === null) return null;
  return fault === 'too-large'
    ? { kind: 'too-large', rule: `${table}_length` }
    : { kind: 'invalid', rule: 'document_update_form' };
}
