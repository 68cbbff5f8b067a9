// The sheet of keyboard shortcuts, of all features.
import { useFeatures } from '../../kit/feature';
import { HelpSheet } from '../../kit/keys/help';
import { allShortcuts } from './all-shortcuts';

export function Help({ onClose }: { onClose: () => void }) {
  return <HelpSheet shortcuts={allShortcuts(useFeatures())} onClose={onClose} />;
}
