// How much of the workspace's storage on the server is used: files, and the bodies of pages. Asked of the server.
import { useEffect, useState } from 'react';
import { useWorkspace } from '../../account/workspace';
import { Row, Section } from '../../kit/page-frame';
import { ApiError } from '../../sync/react/request';
import { useStatus } from '../../sync/react/store-context';
import { storageApi } from './storage-api';

type Storage = Awaited<ReturnType<typeof storageApi.storage>>;

/** @param bytes in the units that providers of storage count in: 1 GB is 1,000,000,000 bytes. */
export function sizeInWords(bytes: number): string {
  if (bytes >= 999_500_000) return `${(bytes / 1e9).toLocaleString('en', { maximumFractionDigits: 1 })} GB`;
  if (bytes >= 999_500) return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
  if (bytes > 0) return `${Math.max(1, Math.round(bytes / 1e3)).toLocaleString('en')} kB`;
  return '0 kB';
}

export function StorageSection() {
  const workspaceId = useWorkspace().id;
  const status = useStatus();
  const [storage, setStorage] = useState<Storage | string | null>(null);
  const isOnline = status.network === 'online';
  // Asked again when something has been sent.
  const { unsent } = status;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was sent changes the answer
  useEffect(() => {
    let gone = false;
    const told = (answer: Storage | string) => gone || setStorage(answer);
    storageApi.storage(workspaceId).then(told, (error: unknown) => {
      told(error instanceof ApiError ? error.message : 'The server did not say how much is used.');
    });
    return () => {
      gone = true;
    };
  }, [workspaceId, isOnline, unsent]);
  return (
    <Section
      title="Storage"
      note="What this workspace keeps on the server. Texts are always taken, also when it is full."
    >
      {storage === null || typeof storage === 'string' ? (
        <Row label="Used">{storage ?? 'Asking the server…'}</Row>
      ) : (
        <Used storage={storage} />
      )}
      {status.faults.file === undefined ? null : (
        <p role="status" className="bg-surface px-4 py-2.5 text-danger">
          {status.faults.file}
        </p>
      )}
    </Section>
  );
}

function Used({ storage: { files, texts, granted } }: { storage: Storage }) {
  const used = files + texts;
  const share = granted === 0 ? 1 : Math.min(1, used / granted);
  const color = share >= 1 ? 'bg-danger' : share >= 0.9 ? 'bg-warn' : 'bg-accent';
  return (
    <>
      <Row label="Used">
        <span className="tabular-nums">
          {sizeInWords(used)} of {sizeInWords(granted)}
        </span>
      </Row>
      <div className="bg-surface px-4 pt-2 pb-3">
        <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-press">
          <div
            className={`h-full rounded-full ${color}`}
            style={{ width: `${share > 0 ? Math.max(1, share * 100) : 0}%` }}
          />
        </div>
        <p className="pt-1.5 text-xs text-ink-3">
          Files {sizeInWords(files)}, pages and their versions {sizeInWords(texts)}
        </p>
      </div>
    </>
  );
}
