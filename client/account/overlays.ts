// The dialogs of an account that others may open.
import { overlay } from '../kit/overlays';

/** In place, when the session has ended. */
export const signIn = overlay('sign-in');
export const signOut = overlay('sign-out');
export const newWorkspace = overlay('new-workspace');
