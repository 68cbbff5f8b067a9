// What is known of a constraint beside its SQL: its sentence for people, what is stored when it is broken, and what a
// person can do about it. Each table's definition has one entry for each of its constraints.

/** What a person can do about an operation that was refused. */
export type RefusedResolution =
  | 'rename' // change `field`, which is a name or key, and send it again
  | 'edit' // change `field` and send it again
  | 'other-parent' // choose another row for `field` and send it again
  | 'again' // send it as it is; what stood in the way may be gone
  | 'discard';

/** What people can decide about a row that was stored and flagged; agree and decline answer a proposed swap. */
export type FlaggedResolution = 'move' | 'swap' | 'agree' | 'decline' | 'give_way' | 'cancel';

export interface RefusingRule {
  readonly stored: 'refused';
  readonly sentence: string;
  /** The column that the person has to change; null: none would help. */
  readonly field: string | null;
  readonly resolutions: readonly RefusedResolution[];
}

export interface FlaggingRule {
  readonly stored: 'flagged';
  readonly sentence: string;
  readonly field: string;
  readonly resolutions: readonly FlaggedResolution[];
  readonly table: string;
  /** What a row that breaks the rule is stored with instead. */
  readonly patch: Readonly<Record<string, unknown>>;
  /** What a row looks like that the patch is laid over, and one that gave up its place. */
  readonly holding: Readonly<Record<string, unknown>>;
  readonly gone: Readonly<Record<string, unknown>>;
  /** Column whose equal values compete: writers of one value take turns. */
  readonly key: string;
  /** Columns that decide whether a row clashes, and who may see it. */
  readonly decides: readonly string[];
  /** SQL over a (the row that asks) and b (the one that holds): which rows ask, whether the two clash, what both want. */
  readonly asks: string;
  readonly clash: string;
  readonly meets: string;
  /** Column of the account whose row it is, and SQL over t: whether only that person may see it. */
  readonly person: string;
  readonly hidden: string;
  /** Columns that a violation tells of a row, and columns that say where it is. */
  readonly shown: readonly string[];
  readonly place: readonly string[];
}

export type ConstraintRule = RefusingRule | FlaggingRule;

const refused = (
  sentence: string,
  field: string | null,
  ...resolutions: RefusedResolution[]
): RefusingRule => ({ stored: 'refused', sentence, field, resolutions });

/** A value that the column does not take. */
export const check = (sentence: string, field: string) => refused(sentence, field, 'edit', 'discard');

/** A name or key that another row has. */
export const unique = (sentence: string, field: string) => refused(sentence, field, 'rename', 'discard');

/** The row that the column names is not there; another one can be chosen. */
export const parent = (sentence: string, field: string) =>
  refused(sentence, field, 'other-parent', 'again', 'discard');

/** The row belongs to this one parent, or exists already: there is nothing to choose. */
export const final = (sentence: string) => refused(sentence, null, 'discard');

/** It may be sent again as it is. */
export const repeatable = (sentence: string) => refused(sentence, null, 'again', 'discard');

/** Sentences that many tables share. */
export const common = {
  position: 'The position in the list is not valid.',
  author: "An author's name can be at most 200 characters long.",
  years: 'must be between the years 1900 and 2199.',
  createdAt: final(
    'The clock of the device was wrong when this was made: it is not between the years 1900 and 2199.',
  ),
} as const;
