// New labels, made where they are needed: the colour is the one used least.

import { useCallback } from 'react';
import { useWorkspace } from '../account';
import { swatches } from '../kit/swatches';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import { useLabels } from './project-data';
import type { LabelRow } from './project-queries';
import { createLabel } from './write';

export function nextColor(labels: readonly Pick<LabelRow, 'color'>[]): string {
  const uses = (color: string) => labels.filter((label) => label.color === color).length;
  return [...swatches].slice(1).reduce((best, color) => (uses(color) < uses(best) ? color : best));
}

/** @returns makes a label and resolves to its id, or to null if that failed. */
export function useMakeLabel(): (name: string) => Promise<string | null> {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const { labels } = useLabels();
  return useCallback(
    async (name) => {
      const color = nextColor(labels);
      const { id, statements } = createLabel(store.db, { workspaceId: workspace.id, name, color });
      return (await act(`new label ${name}`, statements)) ? id : null;
    },
    [store, act, workspace.id, labels],
  );
}
