// Where a person is signed in, and signing out there. What those devices hold stays on them.
import { useCallback, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '../kit/button';
import { Section } from '../kit/page-frame';
import { ago } from '../kit/when';
import { ApiError } from '../sync/react/request';
import { useStatus } from '../sync/react/store-context';
import { api, type SignedIn } from './api';
import { deviceName } from './device-name';
import { useSession } from './session';
import { useAccountReason } from './use-account-reason';
import { useAnswer } from './use-answer';

/** Sessions are prolonged once a day, so their last use is known to the day. */
function usedWhen(at: string): string {
  return Date.now() - Date.parse(at) < 24 * 60 * 60 * 1_000 ? 'in the last day' : ago(at);
}

function Session(props: { session: SignedIn; reason: string | null; onEnd: () => void }) {
  const { session, reason, onEnd } = props;
  const name = deviceName(session.agent);
  return (
    <li className="flex min-h-14 items-center gap-3 bg-surface px-4 py-2">
      <div className="min-w-0 flex-1">
        <p className="truncate font-[550]">
          {name} {session.current ? <span className="font-[450] text-ink-3">(this one)</span> : null}
        </p>
        <p className="text-ink-3">
          Signed in {ago(session.signedInAt)}, used {usedWhen(session.usedAt)}
        </p>
      </div>
      {session.current ? null : (
        <Button size="sm" reason={reason} onClick={onEnd} aria-label={`Sign out ${name}`}>
          Sign out
        </Button>
      )}
    </li>
  );
}

export function SessionsSection() {
  const reason = useAccountReason();
  const { network, session } = useStatus();
  const userId = useSession()?.user.id ?? '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when the network or the session comes back
  const ask = useCallback(() => api.sessions(userId), [userId, network, session]);
  const { answer, error, again } = useAnswer(ask);
  const [busy, setBusy] = useState(false);
  const others = answer?.sessions.filter((session) => !session.current) ?? [];
  const end = async (run: () => Promise<unknown>, said: string) => {
    setBusy(true);
    try {
      await run();
      toast(said);
    } catch (cause) {
      toast.error(cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.');
    } finally {
      setBusy(false);
      again();
    }
  };
  const why = reason ?? (busy ? 'One moment.' : null);
  return (
    <Section
      title="Where you are signed in"
      note={reason ?? 'Signing out elsewhere leaves what is on that device where it is.'}
      action={
        others.length > 1 ? (
          <Button
            size="sm"
            reason={why}
            onClick={() => void end(() => api.endOtherSessions(userId), 'Signed out on all other devices')}
          >
            Sign out all others
          </Button>
        ) : null
      }
    >
      {answer ? (
        <ul aria-label="Where you are signed in" className="divide-y divide-line">
          {answer.sessions.map((session) => (
            <Session
              key={session.id}
              session={session}
              reason={why}
              onEnd={() =>
                void end(
                  () => api.endSession(userId, session.id),
                  `Signed out on ${deviceName(session.agent)}`,
                )
              }
            />
          ))}
        </ul>
      ) : (
        <p className="bg-surface px-4 py-3 text-ink-2">
          {reason ? 'The list is on the server.' : (error ?? 'Asking the server…')}
        </p>
      )}
    </Section>
  );
}
