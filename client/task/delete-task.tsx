// Deleting a task: asked once, because comments go with it; can be undone.

import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { useAct } from '../sync/react/act';
import { useLive, useStore } from '../sync/react/store-context';
import { useOpenTask } from './active-task';
import { detailOptions } from './laying';
import { type TaskDetail, taskDetail } from './queries';
import { deleteTask } from './write';

export function DeleteTask({ taskId, onClose }: { taskId: string; onClose: () => void }) {
  const store = useStore();
  const act = useAct();
  const { openId, close } = useOpenTask();
  const task = useLive<TaskDetail>((db) => taskDetail(db, taskId), [taskId], detailOptions())?.[0];
  const remove = async () => {
    onClose();
    if (openId === taskId) close();
    await act(`deleted task “${task?.title ?? ''}”`, deleteTask(store.db, taskId), { say: 'Task deleted' });
  };
  const comments = task?.comments ?? 0;
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title="Delete this task?"
      description={
        comments > 0
          ? `Its ${comments} ${comments === 1 ? 'comment goes' : 'comments go'} with it.`
          : 'You can undo it.'
      }
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" autoFocus onClick={() => void remove()}>
            Delete task
          </Button>
        </>
      }
    >
      <p className="font-[550]">{task?.title}</p>
    </Dialog>
  );
}
