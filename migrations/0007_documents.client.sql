-- The device's side of 0007.

call sync.attach('page', 'workspace_id', true);
call sync.attach('page_favourite', 'workspace_id', true);
call sync.attach('document_update', 'workspace_id', true);
call sync.attach('document_version', 'workspace_id', true);
call sync.attach('file', 'workspace_id', true);
