// Says why the board or the list shows no task, and what to do.

import { useWorkspace } from '../account';
import { Button } from '../kit/button';
import { Keys } from '../kit/kbd';
import type { TaskStatus } from './facts';
import { useSetFilters } from './filter-bar';
import { activeFilters, type Filters } from './filters';

export function NoTasks(props: { counts: ReadonlyMap<TaskStatus, number> | undefined; filters: Filters }) {
  const { readOnly } = useWorkspace();
  const set = useSetFilters();
  if (!props.counts || [...props.counts.values()].some((count) => count > 0)) return null;
  const filtered = activeFilters(props.filters).length > 0;
  return (
    <div className="pointer-events-none absolute inset-x-0 top-1/3 flex justify-center">
      <div
        role="status"
        className="pointer-events-auto flex items-center gap-3 rounded-lg bg-raised px-4 py-2.5 text-ink-2 shadow-pop"
      >
        {filtered ? (
          <>
            No task matches these filters.
            <Button
              size="sm"
              onClick={() => set({ status: undefined, assignee: undefined, label: undefined, q: undefined })}
            >
              Clear filters
            </Button>
          </>
        ) : readOnly ? (
          'No tasks yet.'
        ) : (
          <span>
            No tasks yet. Press <Keys keys="c" /> to create one.
          </span>
        )}
      </div>
    </div>
  );
}
