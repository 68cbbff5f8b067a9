// The button of the sidebar that makes a task.
import { SquarePen } from 'lucide-react';
import { useWorkspace } from '../account';
import { IconButton } from '../kit/button';
import { useOverlays } from '../kit/overlays';
import { newTask } from './overlays';

export function NewTaskButton() {
  const { readOnly } = useWorkspace();
  const { show } = useOverlays();
  return (
    <IconButton
      label="New task"
      keys="c"
      reason={readOnly}
      onClick={() => show(newTask)}
      className="bg-surface shadow-card"
    >
      <SquarePen size={15} aria-hidden />
    </IconButton>
  );
}
