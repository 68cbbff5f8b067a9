// The places of the Inbox in the app. Its page is made of parts of the features.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { Inbox } from 'lucide-react';
import type { Feature } from '../../kit/feature';
import { workspaceRoute } from '../../kit/routes';
import { useStatusOf } from '../../sync/react/store-context';

/** How many things wait for this person. */
function Attention() {
  const attention = useStatusOf((status) => status.attention);
  return attention > 0 ? (
    <span className="rounded-full bg-warn-soft px-1.5 text-2xs font-[600] text-warn tabular-nums">
      {attention}
    </span>
  ) : null;
}

/** @param features those whose parts stand in the Inbox */
export function inboxWith(features: readonly Feature[]) {
  const route = createRoute({
    getParentRoute: () => workspaceRoute,
    path: '/inbox',
    component: lazyRouteComponent(async () => {
      const [{ InboxPage }, ...parts] = await Promise.all([
        import('./page'),
        ...features.flatMap(({ inbox }) => (inbox ? [inbox()] : [])),
      ]);
      return { default: () => <InboxPage parts={parts} /> };
    }),
  });
  return {
    name: 'inbox',
    routes: [route],
    places: [
      {
        name: 'Inbox',
        icon: Inbox,
        to: '/w/$workspaceId/inbox',
        shortcuts: [{ title: 'Go to the Inbox', keys: ['g i'], group: 'Go to', at: 30 }],
        at: 20,
        sidebar: 'above',
        After: Attention,
      },
    ],
  } satisfies Feature;
}
