-- Files: rows that say whether their bytes are here.
create trigger made_once before update on file
  for each row execute function sync.keep('hash', 'type', 'size');

-- Bytes that are being collected at this moment, because no row named them, are not taken for stored.
create function sync.note_stored() returns trigger language plpgsql as $$
begin
  new.stored_at := (select at from sync.file_bytes where workspace_id = new.workspace_id and hash = new.hash for key share);
  return new;
end $$;
create trigger file_stored before insert on file for each row execute function sync.note_stored();
