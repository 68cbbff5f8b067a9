-- The server's side of 0004.

call sync.attach('stock_item', 'workspace_id');
call sync.attach('stock_place', 'workspace_id');
call sync.attach('stock_level', 'workspace_id');
call sync.attach('stock_movement', 'workspace_id');
