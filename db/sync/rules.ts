// The sentences for people behind each constraint of the schema, and behind each kind of refusal (W5).
// Both sides use them: the device before it saves, the server in its verdicts.
import type { RefusalKind } from './wire';

const kindSentences: Readonly<Record<RefusalKind, string>> = {
  forbidden: 'You may not change this, or not any more.',
  invalid: 'The server cannot store this value.',
  'unknown-table': 'The server does not know this kind of thing; it may be older than this app.',
  'unknown-column': 'The server does not take this field; it may be older than this app.',
  'unknown-row': 'The server does not know the row that this changes.',
  duplicate: 'The same thing exists already.',
  'parent-missing': 'What this belongs to does not exist any more.',
  'too-large': 'This is too large to be stored.',
};

/**
 * @param sentences of the schema's rules, by constraint name
 * @returns the sentence of a refusal: the rule's own where it has one
 */
export function refusalSentence(
  sentences: Readonly<Record<string, string>>,
  kind: RefusalKind,
  rule: string | null,
): string {
  return (rule === null ? undefined : sentences[rule]) ?? kindSentences[kind];
}

/** @returns the kind of refusal that a Postgres error (SQLSTATE) amounts to. */
export function refusalKind(state: string): RefusalKind {
  if (state === '23503') return 'parent-missing';
  if (state === '23505' || state === '23P01') return 'duplicate';
  if (state === '54000' || state === '22001') return 'too-large';
  if (state === '42501') return 'forbidden';
  return 'invalid';
}
