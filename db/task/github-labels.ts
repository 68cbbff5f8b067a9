// The labels of a GitHub archive: those that the workspace has already are used, the others are made.
// Names that are equal but for case are one label, as the database has it.

import { atMostCharacters, lowerEach, storableText, type TellAt } from '../kit/storable';
import type { GithubArchive } from './github-archive';

export interface LabelRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly name: string;
  readonly color: string;
}

const longestName = 60;
const plainColor = '#8b949e';

/** Finds or makes labels by name; equal but for case is equal, as in the database. */
export function planLabels(
  archive: GithubArchive,
  context: {
    readonly workspaceId: string;
    readonly labels: readonly { readonly id: string; readonly name: string }[];
  },
  idOf: (name: string) => string,
  tellAt: TellAt,
) {
  const ids = new Map(context.labels.map((l) => [lowerEach(l.name), l.id]));
  const made: LabelRow[] = [];
  const add = (raw: string, color: string | null, place: string): string | null => {
    const tell = tellAt(place);
    const name = atMostCharacters(storableText(raw, tell).trim(), longestName, tell);
    if (name === '') {
      tell('is a label without a name; it was left out');
      return null;
    }
    const lower = lowerEach(name);
    const known = ids.get(lower);
    if (known !== undefined) return known;
    const id = idOf(lower);
    ids.set(lower, id);
    const wellFormed = color !== null && /^#?[0-9a-f]{6}$/i.test(color);
    if (!wellFormed) tell(color === null ? 'is not in the list of labels; it was made' : 'had no colour');
    made.push({
      id,
      workspace_id: context.workspaceId,
      name,
      color: wellFormed ? `#${color.slice(-6).toLowerCase()}` : plainColor,
    });
    return id;
  };
  const byName = new Map<string, string | null>();
  archive.labels.forEach((label, i) => {
    byName.set(label.name, add(label.name, label.color, `labels[${i}]`));
  });
  return {
    made,
    find(name: string, place: string): string | null {
      const known = byName.get(name);
      if (known !== undefined) return known;
      const id = add(name, null, place);
      byName.set(name, id);
      return id;
    },
  };
}
