// Why an account cannot be changed now: it is the server's, so this needs a connection and a session (C4).
import { useStatus } from '../sync/react/store-context';

/** @returns a sentence, or null when it can */
export function useAccountReason(): string | null {
  const status = useStatus();
  // While the database is opening, nobody has asked the network yet.
  if (status.network === 'offline' && status.database !== 'opening')
    return 'This needs a connection: your account is kept on the server.';
  if (status.session === 'expired') return 'Sign in again first.';
  return null;
}
