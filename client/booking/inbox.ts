// What bookings add to the Inbox: clashes that wait for a decision, and what others decided.
import type { InboxPart } from '../kit/feature';
import { useLive } from '../sync/react/store-context';
import { caseCounts } from './case-queries';
import { DecisionNotice, isDecision } from './decision-notice';
import { OpenCases, SettledCases } from './inbox-cases';

export const inbox: InboxPart = {
  useCounts: (userId) => useLive((db) => caseCounts(db, userId), [userId])?.[0],
  Open: OpenCases,
  Settled: SettledCases,
  notices: { shows: isDecision, Notice: DecisionNotice },
};
