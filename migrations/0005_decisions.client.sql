-- Tables attached since 0003 apply server rows in the same way as the others: again as long as one finds its place.
-- Whoever attaches a table makes its apply function with this, too.

call sync.make_apply('stock_item');
call sync.make_apply('stock_place');
call sync.make_apply('stock_level');
call sync.make_apply('stock_movement');
