// Why syncing does not go on, as people are told: a closed kind and a sentence. It never stops local work.
import type { LinkError } from './link';

export type SyncProblemKind =
  | 'busy' // the server cannot answer just now
  | 'unreadable' // something else answers in its place
  | 'refused' // it does not accept what this app asks
  | 'not-stored' // what it sent could not be stored here
  | 'device-full' // this device has no room for changes
  | 'other-person' // the browser's session is somebody else's
  | 'full' // the server has no room for more of what a feature sends
  | 'restored'; // it was restored from an older copy

/** `sentence` says what is wrong and what happens next. */
export interface SyncProblem {
  readonly kind: SyncProblemKind;
  readonly sentence: string;
}

const sentences: Readonly<Record<Exclude<SyncProblemKind, 'full'>, string>> = {
  busy: 'The server is busy. The app keeps trying.',
  unreadable:
    'Something else answers in place of the server, as the sign-in page of a hotel or airport network does. The app keeps trying.',
  refused: 'The server does not accept what this app asks for. Reload the page to get the newest version.',
  'not-stored':
    'Changes from the server could not be stored on this device. The app keeps trying; free some space if the device is full.',
  'device-full':
    'This device’s storage is full: changes cannot be stored here. Free some space; what you have typed stays on the screen.',
  'other-person': 'Somebody else is signed in on this browser now. Sign in again to sync your changes.',
  restored:
    'The server was restored from an older copy. Your changes that are missing there are being sent again.',
};

/** Of every kind but 'full': the feature says what there is no room for. */
export function syncProblem(kind: Exclude<SyncProblemKind, 'full'>): SyncProblem {
  return { kind, sentence: sentences[kind] };
}

/** What such a problem is in general: without what the server or a feature adds. */
export function sentenceOf(kind: SyncProblemKind): string {
  return kind === 'full' ? 'The server has no room for more of what this device sends.' : sentences[kind];
}

/** @returns null for what the network and the session tell by themselves */
export function problemOf(error: LinkError): SyncProblem | null {
  switch (error.kind) {
    case 'unreachable':
    case 'signed-out':
      return null;
    case 'busy':
    case 'unreadable':
      return syncProblem(error.kind);
    // About the request, not for people.
    case 'malformed':
    case 'not-found':
    case 'too-large':
      return syncProblem('refused');
    default:
      return { kind: 'refused', sentence: error.message };
  }
}
