// Lines above the page for what a person must not miss: storage that will not last, a database that failed, a new
// version of the app.
import { Link } from '@tanstack/react-router';
import { CircleAlert, RefreshCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWorkspace } from '../../account/workspace';
import { Button } from '../../kit/button';
import { lightPath } from '../../start/mode';
import { useStatusOf } from '../../sync/react/store-context';
import { useUpdate } from '../update';

function Banner(props: {
  tone: 'warn' | 'danger';
  icon: ReactNode;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div
      role="status"
      className={
        props.tone === 'danger'
          ? 'flex items-center gap-2 bg-danger-soft px-4 py-1.5 text-danger'
          : 'flex items-center gap-2 bg-warn-soft px-4 py-1.5 text-warn'
      }
    >
      <span aria-hidden>{props.icon}</span>
      <p className="min-w-0 flex-1">{props.children}</p>
      {props.action}
    </div>
  );
}

export function Banners() {
  const failure = useStatusOf(({ database, databaseError }) =>
    database === 'failed' ? (databaseError ?? 'Reload the page to try again.') : null,
  );
  const workspace = useWorkspace();
  const keepsNothing = useStatusOf(({ database, storage }) => database === 'ready' && storage === 'memory');
  return (
    <>
      {failure === null ? null : (
        <Banner
          tone="danger"
          icon={<CircleAlert size={15} />}
          action={
            <>
              <Link
                to="/w/$workspaceId/diagnostics"
                params={{ workspaceId: workspace.id }}
                className="font-[550] whitespace-nowrap underline underline-offset-2"
              >
                Diagnostics
              </Link>
              <Button size="sm" onClick={() => location.assign(lightPath)}>
                Light mode
              </Button>
              <Button size="sm" onClick={() => location.reload()}>
                Reload
              </Button>
            </>
          }
        >
          <strong className="font-[600]">The database on this device could not be opened.</strong> {failure}
        </Banner>
      )}
      {keepsNothing ? (
        <Banner tone="warn" icon={<TriangleAlert size={15} />}>
          <strong className="font-[600]">This browser lets us keep nothing.</strong> Changes that were not
          sent are lost when this tab closes. A private window or blocked site data is the usual cause.
        </Banner>
      ) : null}
    </>
  );
}

/** Says that a new version is there, at the corner; the tab goes on with the old one until a person agrees. */
export function UpdateReady() {
  const update = useUpdate();
  if (!update) return null;
  return (
    <div
      role="status"
      className="anim-pop fixed right-4 bottom-4 z-30 flex items-center gap-3 rounded-lg bg-raised py-2 pr-2 pl-3 shadow-pop"
    >
      <RefreshCw size={14} className="text-ink-3" aria-hidden />
      Update ready
      <Button size="sm" onClick={update}>
        Reload
      </Button>
    </div>
  );
}
