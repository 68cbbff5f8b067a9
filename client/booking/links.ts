// The way to a booking: the day on which it is, with the booking open.
import { useNavigate } from '@tanstack/react-router';
import { parseISO } from 'date-fns';
import { useWorkspace } from '../account';
import { format } from '../kit/when';

/** @returns goes to a booking. `at`: when it begins, ISO 8601 */
export function useGoToBooking(): (bookingId: string, at: string) => void {
  const navigate = useNavigate();
  const { id } = useWorkspace();
  return (bookingId, at) =>
    void navigate({
      to: '/w/$workspaceId/bookings',
      params: { workspaceId: id },
      search: { view: 'day', date: format(parseISO(at), 'yyyy-MM-dd'), booking: bookingId },
    });
}
