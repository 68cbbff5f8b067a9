-- What has a history is archived, not deleted: quantities would go with it, and those go online only (C4). A workspace
-- that is deleted takes everything along.
create function sync.stock_kept() returns trigger language plpgsql as $$
begin
  if exists (select from workspace w where w.id = old.workspace_id) and exists (
      select from stock_movement m where old.id in (m.item_id, m.from_id, m.to_id)) then
    raise exception 'stock with a history is archived' using errcode = 'check_violation', constraint = 'stock_kept';
  end if;
  return old;
end $$;
create trigger stock_kept before delete on stock_item for each row execute function sync.stock_kept();
create trigger stock_kept before delete on stock_place for each row execute function sync.stock_kept();
