// The calendar of a resource in and out: import of a file, export, and addresses that calendars subscribe to.
import { Download, FileUp } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { toast } from 'sonner';
import { useSession, useWorkspace } from '../account';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { FileButton } from '../kit/file-button';
import { useStore } from '../sync/react/store-context';
import { StoreError } from '../sync/store';
import type { CalendarOf } from './calendar-of';
import { Feeds } from './feeds';
import type { CalendarImport } from './import';
import { Report } from './report';

type State =
  | { kind: 'idle' }
  | { kind: 'running' }
  | { kind: 'done'; report: CalendarImport }
  | { kind: 'failed'; sentence: string };

function Part({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <section className="border-b border-line py-4 first:pt-0 last:border-0 last:pb-0">
      <h3 className="font-[600]">{title}</h3>
      <p className="mt-0.5 mb-3 text-ink-2">{note}</p>
      {children}
    </section>
  );
}

function Import({ resource }: { resource: CalendarOf }) {
  const store = useStore();
  const workspace = useWorkspace();
  const session = useSession();
  const [state, setState] = useState<State>({ kind: 'idle' });
  const run = async (file: File) => {
    setState({ kind: 'running' });
    try {
      const { importCalendar } = await import('./import');
      const report = await importCalendar(store, new Uint8Array(await file.arrayBuffer()), {
        workspaceId: workspace.id,
        resource,
        author: session?.user.name ?? '',
        isOwner: workspace.role === 'owner',
        now: Date.now(),
      });
      setState({ kind: 'done', report });
    } catch (cause) {
      const known = cause instanceof StoreError || (cause instanceof Error && cause.name === 'CalendarError');
      setState({ kind: 'failed', sentence: known ? cause.message : 'This file could not be read.' });
    }
  };
  return (
    <Part
      title="Import"
      note="Events of a calendar file (.ics) become bookings here. Doing it again brings what has changed."
    >
      <FileButton
        label="Calendar file"
        accept=".ics,text/calendar"
        icon={<FileUp size={14} aria-hidden />}
        reason={workspace.readOnly}
        disabled={state.kind === 'running'}
        onFile={(file) => void run(file)}
      >
        Import a file…
      </FileButton>
      {state.kind === 'running' ? (
        <p role="status" className="mt-3 text-ink-3">
          Reading the file…
        </p>
      ) : null}
      {state.kind === 'failed' ? (
        <p role="alert" className="mt-3 rounded-md bg-danger-soft px-3 py-2 text-danger">
          {state.sentence}
        </p>
      ) : null}
      {state.kind === 'done' ? <Report report={state.report} /> : null}
    </Part>
  );
}

function Export({ resource }: { resource: CalendarOf }) {
  const store = useStore();
  const workspace = useWorkspace();
  const run = async () => {
    try {
      const { download, exportCalendar, fileNameOf } = await import('./export');
      const text = await exportCalendar(store, workspace.id, resource.name, resource.id);
      download(fileNameOf(resource.name), text);
    } catch (cause) {
      toast.error(cause instanceof StoreError ? cause.message : 'The file could not be made.');
    }
  };
  return (
    <Part title="Export" note="All bookings of it that are on this device, as a calendar file.">
      <Button icon={<Download size={14} aria-hidden />} onClick={() => void run()}>
        Export as a file
      </Button>
    </Part>
  );
}

export function CalendarDialog({ resource, onClose }: { resource: CalendarOf; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Calendar of ${resource.name}`}
      width="max-w-[560px]"
      actions={<Button onClick={onClose}>Done</Button>}
    >
      <Import resource={resource} />
      <Export resource={resource} />
      <Part
        title="Subscribe"
        note="Other calendars read the bookings at a secret address. Private bookings show as “Busy” there."
      >
        <Feeds resource={resource} />
      </Part>
    </Dialog>
  );
}
