// All shortcuts of a list of features, in the order of the help sheet.
import type { Feature } from '../../kit/feature';
import type { Shortcut } from '../../kit/keys/shortcuts';

/** Headings of the help sheet in their order; others come after them. */
const groups = ['Everywhere', 'Go to', 'Tasks', 'Bookings', 'Pages', 'A task'];
const groupAt = ({ group }: Shortcut) => (groups.indexOf(group) + 1 || groups.length + 1) * 1_000;

/** Under a heading by `at`; where it is the same, in the order of the features. */
export function allShortcuts(features: readonly Feature[]): readonly Shortcut[] {
  const all = features.flatMap((feature) => [
    ...Object.values(feature.shortcuts ?? {}),
    ...(feature.places ?? []).flatMap((place) => place.shortcuts),
  ]);
  return all.sort((a, b) => groupAt(a) + (a.at ?? 100) - groupAt(b) - (b.at ?? 100));
}
