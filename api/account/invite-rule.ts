// When an invitation is open; whoever asks, asks this.

/**
 * SQL over i, a row of auth.invite: nobody has used it, its time has not run out, and whoever made it may still make it.
 */
export const inviteIsOpen = `i.used_at is null and i.expires_at > now() and exists (
  select from public.member o where o.workspace_id = i.workspace_id and o.user_id = i.created_by and o.role = 'owner')`;
