// The views of the calendar, and the tabs that lead from one to another.
import { Link } from '@tanstack/react-router';
import { useWorkspace } from '../account';
import { tabStyle } from '../kit/tab-style';

export type View = 'day' | 'week' | 'month';
const views: readonly View[] = ['day', 'week', 'month'];
export const viewNames: Record<View, string> = { day: 'Day', week: 'Week', month: 'Month' };

export function Views(props: { view: View; onView: (view: View) => void; className: string }) {
  const workspace = useWorkspace();
  return (
    <nav aria-label="View" className={`flex items-center gap-0.5 ${props.className}`}>
      {views.map((each) => (
        <button
          key={each}
          type="button"
          aria-current={props.view === each ? 'page' : undefined}
          onClick={() => props.onView(each)}
          className={tabStyle}
        >
          {viewNames[each]}
        </button>
      ))}
      <Link
        to="/w/$workspaceId/bookings/resources"
        params={{ workspaceId: workspace.id }}
        className={tabStyle}
      >
        Resources
      </Link>
    </nav>
  );
}
