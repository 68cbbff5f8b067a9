-- A cancelled booking stays cancelled: whoever wants the time again makes a new one.
create function sync.booking_transition() returns trigger language plpgsql as $$
begin
  if old.status = 'cancelled' and new.status <> 'cancelled' then
    raise exception 'a cancelled booking stays cancelled'
      using errcode = 'check_violation', constraint = 'booking_cancelled_final';
  end if;
  return new;
end $$;
create trigger booking_transition before update of status on booking
  for each row execute function sync.booking_transition();
