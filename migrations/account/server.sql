-- Invitations end with the right to make them.

-- Invitations are good as long as whoever made them may make them: they end with that, for good.
create function sync.end_invites() returns trigger language plpgsql as $$
begin
  delete from auth.invite i where i.workspace_id = old.workspace_id and i.created_by = old.user_id and i.used_at is null;
  return null;
end $$;
create trigger invites_end after delete on member for each row execute function sync.end_invites();
create trigger invites_end_with_role after update of role on member
  for each row when (old.role = 'owner' and new.role <> 'owner') execute function sync.end_invites();
