-- The device's side of 0004.

call sync.attach('stock_item', 'workspace_id', true);
call sync.attach('stock_place', 'workspace_id', true);
call sync.attach('stock_level', 'workspace_id', false);
call sync.attach('stock_movement', 'workspace_id', false);
