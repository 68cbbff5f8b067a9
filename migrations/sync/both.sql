-- When a row was made is what a device's clock said, and no person's word: one that is far off is put right in silence.
create function sync.fit() returns trigger language plpgsql as $$
begin
  new.created_at := least(greatest(new.created_at, '1900-01-01 00:00:00+00'), '2199-12-31 23:59:59.999+00');
  return new;
end $$;
