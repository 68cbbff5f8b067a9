// The sections of accounts in the settings.
import type { SettingsSection } from '../kit/feature';
import { AccountSection } from './account-section';
import { SessionsSection } from './sessions-section';

export const settings: readonly SettingsSection[] = [
  { at: 10, Section: AccountSection },
  { at: 30, Section: SessionsSection },
];
