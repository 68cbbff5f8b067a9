// The task that is open beside the page.
import { Boundary } from '../kit/boundary';
import { useOpenTask } from './active-task';
import { TaskPanel } from './panel/panel';

export function OpenTask() {
  const { openId, close } = useOpenTask();
  if (!openId) return null;
  return (
    <Boundary key={openId} what="task" of={openId} className="m-4 self-start">
      <TaskPanel id={openId} onClose={close} />
    </Boundary>
  );
}
