// What is kept on this device, and how it stands with the server.
import { Link } from '@tanstack/react-router';
import { useWorkspace } from '../../account/workspace';
import { Button } from '../../kit/button';
import { useNow } from '../../kit/now';
import { Row, Section } from '../../kit/page-frame';
import { ago } from '../../kit/when';
import { chooseMode, lightPath } from '../../start/mode';
import { useStatus, useStore } from '../../sync/react/store-context';
import { storageNames, syncChip } from '../shell/sync-chip';

const databaseWords = { opening: 'Opening', ready: 'Ready', failed: 'Failed' } as const;

export function DeviceSection() {
  const workspace = useWorkspace();
  const status = useStatus();
  const store = useStore();
  const now = useNow(10_000);
  const chip = syncChip(status);
  return (
    <Section
      title="This device"
      note="What is stored on this device, and whether it is in sync with the server."
      action={
        <Link
          to="/w/$workspaceId/diagnostics"
          params={{ workspaceId: workspace.id }}
          className="shrink-0 font-[550] text-accent-ink underline underline-offset-2"
        >
          Diagnostics
        </Link>
      }
    >
      <Row label="Sync">{chip.label}</Row>
      <Row label="Server last heard">
        {status.heardAt === null ? 'Never on this device' : ago(status.heardAt, now)}
      </Row>
      <Row label="Waiting to be sent">
        {status.unsent === 0 ? 'Nothing' : `${status.unsent} ${status.unsent === 1 ? 'change' : 'changes'}`}
        {status.unsent > 0 && status.session === 'signed-in' ? (
          <Button size="sm" onClick={() => store.wake()}>
            Send now
          </Button>
        ) : null}
      </Row>
      <Row label="Database">
        {databaseWords[status.database]}
        {status.databaseError ? <span className="text-danger">{status.databaseError}</span> : null}
      </Row>
      <Row label="Mode">
        Full app
        <Button
          size="sm"
          onClick={() => {
            chooseMode('light');
            location.assign(lightPath);
          }}
        >
          Use light mode
        </Button>
      </Row>
      <Row label="Kept in">{status.storage ? storageNames[status.storage] : 'Not open yet'}</Row>
    </Section>
  );
}
