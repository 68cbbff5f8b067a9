-- Bodies on the server are made once and never changed.

create trigger made_once before update on document_update
  for each row execute function sync.keep('document_id', 'update', 'compacted');
create trigger made_once before update on document_version
  for each row execute function sync.keep('document_id', 'state', 'automatic');
