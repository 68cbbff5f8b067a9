-- The server's side of 0007.

call sync.attach('page', 'workspace_id');
call sync.attach('page_favourite', 'workspace_id');
call sync.attach('document_update', 'workspace_id');
call sync.attach('document_version', 'workspace_id');
call sync.attach('file', 'workspace_id');
