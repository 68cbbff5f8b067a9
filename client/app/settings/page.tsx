// Settings: sections of the features, and those of the app: this device, storage, appearance.
import { Settings as SettingsIcon } from 'lucide-react';
import type { SettingsSection } from '../../kit/feature';
import { Column, Page } from '../../kit/page-frame';
import { Appearance } from './appearance';
import { DeviceSection } from './device-section';
import { StorageSection } from './storage-section';

const own: readonly SettingsSection[] = [
  { at: 20, Section: DeviceSection },
  { at: 40, Section: StorageSection },
  { at: 50, Section: Appearance },
];

/** @param props.sections of the features; those of the app stand among them */
export function SettingsPage({ sections }: { sections: readonly SettingsSection[] }) {
  const all = [...own, ...sections].sort((a, b) => a.at - b.at);
  return (
    <Page title="Settings" icon={<SettingsIcon size={15} aria-hidden />}>
      <Column>
        {all.map(({ at, Section }) => (
          <Section key={at} />
        ))}
        <p className="pb-8 text-xs text-ink-3">Outpost keeps working when the network does not.</p>
      </Column>
    </Page>
  );
}
