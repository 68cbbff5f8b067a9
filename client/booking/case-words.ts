// A case in words: what happened, what was decided, how it ended.
import { parseRange } from '../../db/booking/range';
import type { CaseRow, Decision } from './case-queries';
import { whenText } from './grid-time';

export interface Place {
  readonly resource_id?: string;
  readonly during?: string;
}

/** "Tue 24 Nov, 12:00–13:00, Room B" */
export function placeText(place: Place | null, resourceName: (id: string) => string): string {
  const span = place?.during ? parseRange(place.during) : null;
  const name = place?.resource_id ? resourceName(place.resource_id) : '';
  return [span ? whenText(span.start, span.end) : '', name].filter(Boolean).join(', ');
}

/** What a person decided, after their name: "Ada moved it to …". */
export function decisionText(
  decision: Pick<Decision, 'choice' | 'detail'>,
  row: CaseRow,
  resourceName: (id: string) => string,
): string {
  const to = placeText(decision.detail, resourceName);
  const holder = row.held_name || 'the holder';
  switch (decision.choice) {
    case 'move':
      return `move to ${to}`;
    case 'swap':
      return `swap: ${holder}’s booking to ${to}`;
    case 'agree':
      return 'agree to the swap';
    case 'decline':
      return 'decline the swap';
    case 'give_way':
      return to ? `give way: to ${to}` : 'give way: cancel the booking that holds the time';
    default:
      return 'cancel what was asked for';
  }
}

/** How it ended, in one sentence. */
export function outcomeText(row: CaseRow): string {
  const asker = row.asked_name || 'Somebody';
  const holder = row.held_name || 'Somebody';
  switch (row.outcome) {
    case 'moved':
      return `${asker}’s booking has another place now.`;
    case 'swapped':
      return `${asker} and ${holder} swapped.`;
    case 'gave_way':
      return `${holder} gave way; ${asker} has the time.`;
    case 'cancelled':
      return 'One of the two was cancelled.';
    case 'confirmed':
      return `${asker} has the time.`;
    default:
      return 'The two do not clash any more.';
  }
}

/** What happened, to the person who reads it. */
export function headline(row: CaseRow, userId: string): string {
  const asker = row.asked_by === userId ? 'You' : row.asked_name || 'Somebody';
  const holder = row.held_by === userId ? 'you' : row.held_name || 'somebody else';
  const isQuestion = (row.asked?.status ?? row.detail.asked?.status) === 'tentative';
  if (isQuestion)
    return `${asker} ${asker === 'You' ? 'ask' : 'asks'} for a time that ${holder === 'you' ? 'you hold' : `${holder} holds`}`;
  if (asker === 'You')
    return `Your booking came too late: ${holder} ${holder === 'you' ? 'hold' : 'holds'} this time`;
  return holder === 'you'
    ? `${asker} booked a time that you hold`
    : `${asker} booked a time that ${holder} holds`;
}
