// Shows the overlay that is open.

import { NewWorkspace } from '../auth/new-workspace';
import { SignInDialog } from '../auth/sign-in-dialog';
import { HelpSheet } from '../keys/help';
import { Palette } from '../palette/palette';
import { TaskFieldPalette } from '../palette/task-field';
import { SignOutDialog } from '../settings/sign-out';
import { DeleteTask } from '../task/delete-task';
import { NewTask } from '../task/new-task';
import { useOverlays } from './overlays';
import { NewProject } from './project-dialogs';

export function OverlayHost() {
  const { overlay, hide } = useOverlays();
  if (!overlay) return null;
  const onOpenChange = (open: boolean) => !open && hide();
  switch (overlay.kind) {
    case 'palette':
      return <Palette />;
    case 'task-field':
      return <TaskFieldPalette field={overlay.field} taskId={overlay.taskId} />;
    case 'new-task':
      return <NewTask status={overlay.status} projectId={overlay.projectId} onClose={hide} />;
    case 'delete-task':
      return <DeleteTask taskId={overlay.taskId} onClose={hide} />;
    case 'new-project':
      return <NewProject open onOpenChange={onOpenChange} />;
    case 'new-workspace':
      return <NewWorkspace open onOpenChange={onOpenChange} />;
    case 'help':
      return <HelpSheet open onOpenChange={onOpenChange} />;
    case 'sign-in':
      return <SignInDialog onClose={hide} />;
    case 'sign-out':
      return <SignOutDialog onClose={hide} />;
  }
}
