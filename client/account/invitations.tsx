// Invitations that are open: who made them, for which role, until when; owners revoke them. They are the server's, so
// they need a connection (C4).
import { useCallback, useEffect, useRef, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '../kit/button';
import { Section } from '../kit/page-frame';
import { exactTime } from '../kit/when';
import { ApiError } from '../sync/react/request';
import { api, type OpenInvite, type Role } from './api';

const sentence = (cause: unknown) =>
  cause instanceof ApiError ? cause.message : 'Something went wrong. Try again.';

/**
 * @param reason why they cannot be seen now, or null
 * @param made how many were made here: another one to show
 */
export function Invitations(props: {
  workspaceId: string;
  reason: string | null;
  made: number;
  nameOf: (role: Role) => string;
}) {
  const { workspaceId, reason, made, nameOf } = props;
  const [invites, setInvites] = useState<readonly OpenInvite[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const place = useRef<HTMLElement>(null);

  const load = useCallback(async () => {
    try {
      setInvites((await api.invites(workspaceId)).invites);
      setProblem(null);
    } catch (cause) {
      setProblem(sentence(cause));
    }
  }, [workspaceId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: made says when there is something new to load
  useEffect(() => {
    if (reason === null) void load();
  }, [reason, load, made]);

  const revoke = async (invite: OpenInvite) => {
    setBusy(true);
    try {
      await api.revokeInvite(workspaceId, invite.id);
      toast('The invitation is revoked: its link lets nobody in any more.');
    } catch (cause) {
      toast.error(sentence(cause));
    } finally {
      await load();
      setBusy(false);
      // The button that was pressed is gone; the keyboard goes on from here.
      place.current?.focus();
    }
  };

  const says = reason ?? problem ?? (invites?.length === 0 ? 'No invitation is open.' : null);
  return (
    <section ref={place} tabIndex={-1} aria-label="Open invitations" className="outline-none">
      <Section title="Open invitations" note="Each link lets one person in, until it ends or is revoked.">
        {says !== null || invites === null ? (
          <p role="status" className="bg-surface px-4 py-4 text-ink-2">
            {says ?? 'Asking the server…'}
          </p>
        ) : (
          <ul aria-label="Invitations" className="divide-y divide-line">
            {invites.map((invite) => {
              const what = `${nameOf(invite.role)}, made by ${invite.madeBy}`;
              return (
                <li key={invite.id} className="flex min-h-14 items-center gap-3 bg-surface px-4 py-2">
                  <div className="min-w-0 flex-1">
                    <p className="truncate font-[550]">{nameOf(invite.role)}</p>
                    <p className="text-ink-3">
                      Made by {invite.madeBy}, ends{' '}
                      <time dateTime={invite.expiresAt}>{exactTime(invite.expiresAt)}</time>
                    </p>
                  </div>
                  <Button
                    size="sm"
                    variant="danger"
                    disabled={busy}
                    aria-label={`Revoke: ${what}`}
                    onClick={() => void revoke(invite)}
                  >
                    Revoke
                  </Button>
                </li>
              );
            })}
          </ul>
        )}
      </Section>
    </section>
  );
}
