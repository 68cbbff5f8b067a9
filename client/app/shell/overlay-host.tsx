// Shows the overlay that is open.

import { NewWorkspace } from '../../account/new-workspace';
import { SignInDialog } from '../../account/sign-in-dialog';
import { SignOutDialog } from '../../account/sign-out';
import { HelpSheet } from '../../kit/keys/help';
import { DeleteTask } from '../../task/delete-task';
import { NewTask } from '../../task/new-task';
import { NewProject } from '../../task/project-dialogs';
import { TaskFieldPalette } from '../../task/task-field';
import { Palette } from '../palette/palette';
import { useOverlays } from './overlays';

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
