// Settings: the account, this device and how it stands with the server, appearance, labels, import.
import { Settings as SettingsIcon } from 'lucide-react';
import { ChangePassword } from '../../account/change-password';
import { useSession } from '../../account/session';
import { SessionsSection } from '../../account/sessions-section';
import { Button } from '../../kit/button';
import { useNow } from '../../kit/now';
import { ago } from '../../kit/when';
import { useStatus, useStore } from '../../sync/react/store-context';
import { ImportSection } from '../../task/import/section';
import { LabelsSection } from '../../task/labels-section';
import { useOverlays } from '../shell/overlays';
import { Column, Page, Row, Section } from '../shell/page';
import { syncChip } from '../shell/sync-chip';
import { storageNames } from '../shell/sync-status';
import { setTheme, type Theme, useTheme } from '../theme';
import { StorageSection } from './storage-section';

const databaseWords = { opening: 'Opening', ready: 'Ready', failed: 'Failed' } as const;
const themes: [Theme, string][] = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

function Appearance() {
  const theme = useTheme();
  return (
    <Section title="Appearance">
      <Row label="Theme">
        <div role="radiogroup" aria-label="Theme" className="flex rounded-md bg-press p-0.5">
          {themes.map(([value, name]) => (
            <label
              key={value}
              className="flex h-6 items-center rounded-[5px] px-2.5 text-xs font-[550] text-ink-2 has-checked:bg-surface has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="theme"
                className="sr-only"
                checked={theme === value}
                onChange={() => setTheme(value)}
              />
              {name}
            </label>
          ))}
        </div>
      </Row>
    </Section>
  );
}

export function SettingsPage() {
  const session = useSession();
  const status = useStatus();
  const store = useStore();
  const { show } = useOverlays();
  const now = useNow(10_000);
  const chip = syncChip(status);
  return (
    <Page title="Settings" icon={<SettingsIcon size={15} aria-hidden />}>
      <Column>
        <Section title="Account">
          <Row label="Name">{session?.user.name}</Row>
          <Row label="E-mail">
            <span className="truncate">{session?.user.email}</span>
          </Row>
          <Row label="Password">
            <ChangePassword />
          </Row>
          <Row
            label={
              status.session === 'expired' ? 'Your session has ended; you can go on working' : 'Signed in'
            }
          >
            {status.session === 'expired' ? (
              <Button size="sm" variant="primary" onClick={() => show({ kind: 'sign-in' })}>
                Sign in again
              </Button>
            ) : null}
            <Button size="sm" onClick={() => show({ kind: 'sign-out' })}>
              Sign out
            </Button>
          </Row>
        </Section>
        <Section title="This device" note="What is kept here, and how it stands with the server.">
          <Row label="Sync">{chip.label}</Row>
          <Row label="Server last heard">
            {status.heardAt === null ? 'Never on this device' : ago(status.heardAt, now)}
          </Row>
          <Row label="Waiting to be sent">
            {status.unsent === 0
              ? 'Nothing'
              : `${status.unsent} ${status.unsent === 1 ? 'change' : 'changes'}`}
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
          <Row label="Kept in">{status.storage ? storageNames[status.storage] : 'Not open yet'}</Row>
        </Section>
        <SessionsSection />
        <StorageSection />
        <Appearance />
        <LabelsSection />
        <ImportSection />
        <p className="pb-8 text-xs text-ink-3">Outpost keeps working when the network does not.</p>
      </Column>
    </Page>
  );
}
