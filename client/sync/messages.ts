// What tabs and the worker with the database say to each other. Plain data only: it crosses threads and tabs.
import type { AnyCall } from './calls';
import type { Query } from './live-queries';
import type { Status, StoreErrorKind } from './store';

/** From a tab. A call or a watch is said again to a new leader until it is answered or given up. */
export type ToLeader =
  | ({ readonly type: 'call'; readonly id: number } & AnyCall)
  | { readonly type: 'watch'; readonly id: number; readonly query: Query }
  | { readonly type: 'unwatch'; readonly id: number }
  /** Whether a person can see the tab; one that has said nothing is seen. */
  | { readonly type: 'seen'; readonly id: number; readonly seen: boolean };

export interface CarriedError {
  readonly kind: StoreErrorKind;
  readonly sentence: string;
  readonly rule: string | null;
}

/** To a tab. */
export type ToTab =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: CarriedError }
  | {
      readonly type: 'rows';
      readonly id: number;
      readonly rows: unknown[];
      readonly holding: readonly string[];
    }
  | { readonly type: 'same'; readonly id: number; readonly holding: readonly string[] }
  | { readonly type: 'status'; readonly status: Status };

/** First message of a tab to its worker. */
export interface Start {
  readonly type: 'start';
  readonly userId: string;
  readonly baseUrl: string;
}

/** On the BroadcastChannel between the workers of one person and origin. `from` and `to` are worker ids. */
export type Broadcast =
  | { readonly type: 'who-leads'; readonly from: string }
  | { readonly type: 'i-lead'; readonly from: string }
  | { readonly type: 'i-left'; readonly from: string }
  | { readonly type: 'to-leader'; readonly to: string; readonly from: string; readonly message: ToLeader }
  | { readonly type: 'to-tab'; readonly to: string; readonly message: ToTab }
  | { readonly type: 'status'; readonly status: Status };
