-- The device's side of 0003.

call sync.attach('resource', 'workspace_id', true);
call sync.attach('booking', 'workspace_id', true);
call sync.attach('violation', 'workspace_id', false);
call sync.attach('resolution', 'workspace_id', true);
