// The resources of the workspace: made, changed, put away and brought back.
import { Link } from '@tanstack/react-router';
import { CalendarRange, DoorOpen } from 'lucide-react';
import { useState } from 'react';
import { useWorkspace } from '../account';
import { CalendarDialog, ExportAll } from '../calendar';
import { Boundary } from '../kit/boundary';
import { Button } from '../kit/button';
import { ColorDot } from '../kit/color-dot';
import { Empty } from '../kit/empty';
import { Column, Page, Section } from '../kit/page-frame';
import { visible } from '../kit/visible';
import { useAct } from '../sync/react/act';
import { useStore } from '../sync/react/store-context';
import { type Kind, KindIcon, kindNames } from './facts';
import type { ResourceRow } from './queries';
import { ResourceDialog } from './resource-dialog';
import { useResources } from './use-resources';
import { changeResource } from './write';
import { differs, placeName } from './zones';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function openDays(bits: number): string {
  if (bits === 127) return 'every day';
  if (bits === 31) return 'Mon to Fri';
  return weekdays.filter((_, i) => bits & (1 << i)).join(', ');
}

function Line({ resource, onEdit }: { resource: ResourceRow; onEdit: () => void }) {
  const store = useStore();
  const act = useAct();
  const workspace = useWorkspace();
  const [calendar, setCalendar] = useState(false);
  const archive = () =>
    act(
      `archive of ${resource.name}`,
      changeResource(store.db, resource.id, { archived: !resource.archived }),
      { say: resource.archived ? `${resource.name} is back` : `${resource.name} is archived` },
    );
  const kind = kindNames[resource.kind as Kind] ?? resource.kind;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 bg-surface px-4 py-2.5">
      <ColorDot color={resource.color} />
      <span className="text-ink-3">
        <KindIcon kind={resource.kind} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate font-[550]">{visible(resource.name, 'No visible name')}</p>
        <p className="truncate text-xs text-ink-3">
          {kind}
          {resource.kind === 'instrument' && resource.capacity === 1 ? '' : ` for ${resource.capacity}`} ·{' '}
          {resource.opens.slice(0, 5)}–{resource.closes.slice(0, 5)}, {openDays(resource.open_days)}
          {differs(resource.time_zone, Date.now()) ? ` · ${placeName(resource.time_zone)} time` : ''}
        </p>
      </div>
      <div className="flex flex-wrap phone:-ml-2 phone:basis-full">
        {resource.archived ? null : (
          <Link
            to="/w/$workspaceId/bookings"
            params={{ workspaceId: workspace.id }}
            search={{ view: 'week', resource: resource.id }}
            aria-label={`Week of ${resource.name}`}
            className="inline-flex h-7 items-center rounded-md px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink"
          >
            Week
          </Link>
        )}
        <Button
          size="sm"
          variant="ghost"
          aria-label={`Calendar of ${resource.name}`}
          onClick={() => setCalendar(true)}
        >
          Calendar
        </Button>
        <Button
          size="sm"
          variant="ghost"
          aria-label={`Change ${resource.name}`}
          reason={workspace.readOnly}
          onClick={onEdit}
        >
          Change
        </Button>
        <Button
          size="sm"
          variant="ghost"
          aria-label={`${resource.archived ? 'Bring back' : 'Archive'} ${resource.name}`}
          reason={workspace.readOnly}
          onClick={() => void archive()}
        >
          {resource.archived ? 'Bring back' : 'Archive'}
        </Button>
      </div>
      {calendar ? <CalendarDialog resource={resource} onClose={() => setCalendar(false)} /> : null}
    </li>
  );
}

export function ResourcesPage() {
  const workspace = useWorkspace();
  const { active, archived } = useResources();
  const [editing, setEditing] = useState<ResourceRow | 'new' | null>(null);
  const make = (
    <Button size="sm" variant="primary" reason={workspace.readOnly} onClick={() => setEditing('new')}>
      New resource
    </Button>
  );
  return (
    <Page
      title="Resources"
      icon={<DoorOpen size={15} aria-hidden />}
      tabs={
        <Link
          to="/w/$workspaceId/bookings"
          params={{ workspaceId: workspace.id }}
          className="ml-1 flex h-7 items-center gap-1.5 rounded-md px-2 text-xs font-[550] text-ink-2 hover:bg-hover hover:text-ink"
        >
          <CalendarRange size={14} aria-hidden />
          Bookings
        </Link>
      }
      actions={
        active?.length ? (
          <>
            <ExportAll />
            {make}
          </>
        ) : null
      }
    >
      {active?.length === 0 && archived.length === 0 ? (
        <Empty icon={<DoorOpen size={20} aria-hidden />} title="No resources yet" action={make}>
          Rooms, vehicles, instruments: whatever people book.
        </Empty>
      ) : (
        <Column>
          <Section title="In use" note="Rooms, vehicles and instruments that can be booked.">
            <ul className="divide-y divide-line" aria-label="Resources">
              {active?.map((resource) => (
                <Boundary
                  key={resource.id}
                  as="li"
                  what="resource"
                  of={resource}
                  onOpen={() => setEditing(resource)}
                >
                  <Line resource={resource} onEdit={() => setEditing(resource)} />
                </Boundary>
              ))}
              {active === undefined ? <li className="skeleton m-4 h-4" aria-hidden /> : null}
              {active?.length === 0 ? (
                <li className="bg-surface px-4 py-3 text-ink-3">All are archived.</li>
              ) : null}
            </ul>
          </Section>
          {archived.length > 0 ? (
            <Section title="Archived" note="Not offered any more; their bookings stay.">
              <ul className="divide-y divide-line" aria-label="Archived resources">
                {archived.map((resource) => (
                  <Boundary
                    key={resource.id}
                    as="li"
                    what="resource"
                    of={resource}
                    onOpen={() => setEditing(resource)}
                  >
                    <Line resource={resource} onEdit={() => setEditing(resource)} />
                  </Boundary>
                ))}
              </ul>
            </Section>
          ) : null}
        </Column>
      )}
      {editing ? (
        <ResourceDialog resource={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      ) : null}
    </Page>
  );
}
