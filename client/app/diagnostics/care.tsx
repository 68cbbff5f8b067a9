// A copy of this device's database as a file, its return, and a new beginning. Unsent work is kept in all of them.
import { Download, RotateCcw, Upload } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '../../kit/button';
import { Dialog } from '../../kit/dialog';
import { FileButton } from '../../kit/file-button';
import { Section } from '../../kit/page-frame';
import { format } from '../../kit/when';
import { useStatus, useStore } from '../../sync/react/store-context';
import { StoreError } from '../../sync/store';

const changes = (n: number) => `${n} ${n === 1 ? 'change' : 'changes'}`;
const kept = (n: number) => (n === 0 ? 'Nothing waits to be sent.' : `${changes(n)} waiting to be sent.`);

function sentenceOf(error: unknown): string {
  return error instanceof StoreError ? error.message : 'This did not work. Nothing was changed.';
}

type Asked = { readonly what: 'reset' } | { readonly what: 'restore'; readonly file: File };

export function CareSection() {
  const store = useStore();
  const status = useStatus();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [busy, setBusy] = useState<'backup' | 'restore' | 'reset' | null>(null);
  const reason =
    status.database === 'ready'
      ? busy && 'One moment: this is under way.'
      : 'The database on this device is not open.';
  const replaceReason =
    reason ?? (status.storage === 'memory' ? 'This browser keeps nothing for this app.' : null);

  const backUp = async () => {
    setBusy('backup');
    try {
      save(await store.backUp(), `outpost-${format(Date.now(), 'yyyy-MM-dd-HHmm')}.backup`);
    } catch (error) {
      toast.error(sentenceOf(error));
    } finally {
      setBusy(null);
    }
  };
  return (
    <Section title="Copy and reset" note="What was not sent yet is kept in each of these.">
      <Action
        title="Back up"
        text="Saves everything in this device’s database as one file. The file is not encrypted: anyone who has it can read what you can read here."
      >
        <Button icon={<Download size={14} aria-hidden />} reason={reason} onClick={() => void backUp()}>
          {busy === 'backup' ? 'Backing up…' : 'Back up'}
        </Button>
      </Action>
      <Action
        title="Restore"
        text="Puts a backup in the place of this device’s database. Changes that wait here are kept, and so are those in the backup; then it catches up with the server."
      >
        <FileButton
          label="Backup file"
          accept=".backup"
          icon={<Upload size={14} aria-hidden />}
          reason={replaceReason}
          onFile={(file) => setAsked({ what: 'restore', file })}
        >
          Restore…
        </FileButton>
      </Action>
      <Action
        title="Reset"
        text="Makes the database on this device anew and loads everything from the server again. Changes that wait to be sent are kept."
      >
        <Button
          variant="danger"
          icon={<RotateCcw size={14} aria-hidden />}
          reason={replaceReason}
          onClick={() => setAsked({ what: 'reset' })}
        >
          Reset…
        </Button>
      </Action>
      {asked ? <Replace asked={asked} onBusy={setBusy} onClose={() => setAsked(null)} /> : null}
    </Section>
  );
}

function Action({ title, text, children }: { title: string; text: string; children: React.ReactNode }) {
  return (
    <div className="flex items-start justify-between gap-4 bg-surface px-4 py-3 phone:flex-col phone:gap-2">
      <div className="min-w-0">
        <p className="font-[550]">{title}</p>
        <p className="text-ink-2">{text}</p>
      </div>
      {children}
    </div>
  );
}

function Replace(props: { asked: Asked; onBusy: (what: Asked['what'] | null) => void; onClose: () => void }) {
  const { asked, onBusy, onClose } = props;
  const store = useStore();
  const status = useStatus();
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const isReset = asked.what === 'reset';
  const isOffline = status.network === 'offline' || status.session === 'expired';
  const run = async () => {
    setIsBusy(true);
    setError(null);
    onBusy(asked.what);
    try {
      const { waiting } = await (isReset ? store.reset() : store.restore(asked.file));
      toast(`${isReset ? 'The database was made anew.' : 'The backup was restored.'} ${kept(waiting)}`);
      onClose();
    } catch (cause) {
      setError(sentenceOf(cause));
    } finally {
      onBusy(null);
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && !isBusy && onClose()}
      title={isReset ? 'Reset the database on this device?' : 'Restore this backup?'}
      description={
        isReset
          ? 'It is made anew, and everything is loaded from the server again.'
          : `${asked.file.name} takes the place of the database on this device, in all tabs.`
      }
      actions={
        <>
          <Button disabled={isBusy} onClick={onClose}>
            Cancel
          </Button>
          <Button variant={isReset ? 'danger' : 'primary'} disabled={isBusy} onClick={() => void run()}>
            {isReset ? (isBusy ? 'Resetting…' : 'Reset') : isBusy ? 'Restoring…' : 'Restore'}
          </Button>
        </>
      }
    >
      <p>
        {status.onlyHere === 0
          ? 'Nothing here is waiting to be sent.'
          : `Only on this device: ${changes(status.onlyHere)}. ${status.onlyHere === 1 ? 'It is' : 'They are'} kept.`}
      </p>
      {isReset && isOffline ? (
        <p role="alert" className="mt-3 rounded-lg bg-warn-soft p-3 text-warn">
          <strong className="font-[600]">There is no connection to the server now.</strong> Until there is
          one, you will see nothing here but the changes that are kept.
        </p>
      ) : null}
      {error ? (
        <p role="alert" className="mt-3 text-danger">
          {error}
        </p>
      ) : null}
    </Dialog>
  );
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
