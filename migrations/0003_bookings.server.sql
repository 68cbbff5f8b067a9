-- The server's side of 0003.

call sync.attach('resource', 'workspace_id');
call sync.attach('booking', 'workspace_id');
call sync.attach('violation', 'workspace_id');
call sync.attach('resolution', 'workspace_id');
