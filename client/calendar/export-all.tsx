// All bookings of the workspace as one calendar file.
import { Download } from 'lucide-react';
import { toast } from 'sonner';
import { useWorkspace } from '../account';
import { Button } from '../kit/button';
import { useStore } from '../sync/react/store-context';
import { StoreError } from '../sync/store';

export function ExportAll() {
  const store = useStore();
  const workspace = useWorkspace();
  const run = async () => {
    try {
      const { download, exportCalendar, fileNameOf } = await import('./export');
      const text = await exportCalendar(store, workspace.id, workspace.name, null);
      download(fileNameOf(workspace.name), text);
    } catch (cause) {
      toast.error(cause instanceof StoreError ? cause.message : 'The file could not be made.');
    }
  };
  return (
    <Button
      size="sm"
      variant="ghost"
      icon={<Download size={14} aria-hidden />}
      className="phone:hidden"
      onClick={() => void run()}
    >
      Export all bookings
    </Button>
  );
}
