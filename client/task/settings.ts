// The sections of tasks in the settings.
import type { SettingsSection } from '../kit/feature';
import { ImportSection } from './import/section';
import { LabelsSection } from './labels-section';

export const settings: readonly SettingsSection[] = [
  { at: 60, Section: LabelsSection },
  { at: 70, Section: ImportSection },
];
