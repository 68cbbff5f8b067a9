-- Movements of stock, carried out online only (C4).

-- The level of an item in a place, made when it is first needed. The caller holds the item's lock.
create function sync.stock_level(workspace uuid, item uuid, place uuid) returns void language sql as $$
  insert into stock_level (id, workspace_id, item_id, place_id)
    select gen_random_uuid(), workspace, item, place
    where place is not null and not exists (select from stock_level l where l.item_id = item and l.place_id = place)
$$;

-- Carries out one movement, once: taken (source alone), added (target alone) or moved (both). The caller has checked
-- membership and role. expected: the quantity that the person saw, of source, or of target for what is added; null: any.
-- Returns {outcome, ...}: 'done' {source, target: what lies there now, repeated}; 'missing' {what: item or place};
-- 'other' (the id stands for another movement); 'short', 'changed' and 'full' {quantity: what lies there} with
-- {item, place, unit} and, where something was taken, {last: {user_id, name, quantity, at}}. Only 'done' changes anything.
create function sync.move_stock(person text, author_name text, movement uuid, workspace uuid, item uuid, source uuid,
                                target uuid, amount integer, why text, expected integer) returns jsonb language plpgsql as $$
declare
  before stock_movement;
  the_item stock_item;
  place stock_place;
  has integer;
  gets integer;
  problem text;
  last jsonb;
begin
  -- One movement of an item at a time; sync.server is locked later, by the stamp, and never before this.
  perform pg_advisory_xact_lock(hashtextextended(item::text, 0));
  select * into before from stock_movement where id = movement;
  if found then
    if (before.workspace_id, before.item_id, before.quantity, before.user_id) <> (workspace, item, amount, person)
        or before.from_id is distinct from source or before.to_id is distinct from target then
      return jsonb_build_object('outcome', 'other');
    end if;
    return jsonb_build_object('outcome', 'done', 'repeated', true,
      'source', (select quantity from stock_level l where l.item_id = item and l.place_id = source),
      'target', (select quantity from stock_level l where l.item_id = item and l.place_id = target));
  end if;
  select * into the_item from stock_item i where i.id = item and i.workspace_id = workspace for key share;
  if not found then return jsonb_build_object('outcome', 'missing', 'what', 'item'); end if;
  perform 1 from stock_place p where p.id in (source, target) and p.workspace_id = workspace for key share;
  if (select count(*) from stock_place p where p.id in (source, target) and p.workspace_id = workspace)
      <> num_nonnulls(source, target) then
    return jsonb_build_object('outcome', 'missing', 'what', 'place');
  end if;

  perform sync.stock_level(workspace, item, source), sync.stock_level(workspace, item, target);
  perform 1 from stock_level l where l.item_id = item and l.place_id in (source, target) order by id for update;
  select quantity into has from stock_level l where l.item_id = item and l.place_id = source;
  select quantity into gets from stock_level l where l.item_id = item and l.place_id = target;
  problem := case
    when expected is distinct from coalesce(has, gets) and expected is not null then 'changed'
    when has < amount then 'short'
    when gets > 1000000000 - amount then 'full'
  end;
  if problem is not null then
    select * into place from stock_place p where p.id = case when problem = 'full' then target else coalesce(source, target) end;
    select jsonb_build_object('user_id', m.user_id, 'name', m.author, 'quantity', m.quantity, 'at', m.created_at) into last
      from stock_movement m where m.item_id = item and m.from_id = place.id order by m.created_at desc, m.id desc limit 1;
    return jsonb_build_object('outcome', problem, 'quantity', case when problem = 'full' then gets else coalesce(has, gets) end,
      'item', the_item.name, 'unit', the_item.unit, 'place', place.name, 'last', last);
  end if;

  update stock_level l set quantity = quantity + case when place_id = source then -amount else amount end,
      moved_by = person, moved_name = author_name, moved_at = clock_timestamp()
    where l.item_id = item and l.place_id in (source, target);
  insert into stock_movement (id, workspace_id, item_id, from_id, to_id, quantity, reason, user_id, author, created_at)
    values (movement, workspace, item, source, target, amount, why, person, author_name, clock_timestamp());
  return jsonb_build_object('outcome', 'done', 'repeated', false, 'source', has - amount, 'target', gets + amount);
end $$;
