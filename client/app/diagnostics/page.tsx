// How the database of this device and its sync stand, in numbers, with the ways to keep a copy of it and to make it anew.
// It can be read while the database is not open: then it shows what is known without it.
import { Activity, Copy } from 'lucide-react';
import type { ReactNode } from 'react';
import { toast } from 'sonner';
import { useSession } from '../../account/session';
import { Button } from '../../kit/button';
import { useNow } from '../../kit/now';
import { Column, Page, Row, Section } from '../../kit/page-frame';
import { ago, exactTime } from '../../kit/when';
import { askToKeep } from '../../sync/react/browser-storage';
import { syncChip } from '../shell/sync-chip';
import { CareSection } from './care';
import { type Facts, useFacts } from './facts';
import { reportOf } from './report';
import { ShapesSection } from './shapes';
import { StartSection } from './start-section';
import { count, databaseWords, duration, keepingWords, keptIn, mebibytes } from './words';

export function DiagnosticsPage() {
  const { facts, again } = useFacts();
  const now = useNow(1_000);
  const copy = () =>
    facts &&
    void navigator.clipboard.writeText(reportOf(facts, Date.now())).then(
      () => toast('Report copied. It contains no titles, names or texts.'),
      () => toast.error('The browser did not allow copying.'),
    );
  return (
    <Page
      title="Diagnostics"
      icon={<Activity size={15} aria-hidden />}
      actions={
        <Button size="sm" icon={<Copy size={14} aria-hidden />} disabled={!facts} onClick={copy}>
          Copy report
        </Button>
      }
    >
      <Column>
        {facts ? (
          <>
            <Device facts={facts} again={again} />
            <Sync facts={facts} now={now} />
            <ShapesBy facts={facts} now={now} />
            <StartSection start={facts.start} />
            <Problems facts={facts} now={now} />
          </>
        ) : (
          <p role="status" className="pb-6 text-ink-2">
            Reading…
          </p>
        )}
        <CareSection />
      </Column>
    </Page>
  );
}

function Value({ children }: { children: ReactNode }) {
  return <span className="text-right tabular-nums">{children}</span>;
}

function Device({ facts, again }: { facts: Facts; again: () => void }) {
  const { status, database, storage, heap } = facts;
  const keep = async () => {
    const isKept = await askToKeep();
    if (isKept) toast('The browser keeps the data of this app.');
    else
      toast.error(
        'The browser did not agree. It decides by how much the app is used; you can ask again later.',
      );
    again();
  };
  return (
    <Section title="This device" note="The database that holds your work in this browser.">
      <Row label="Database">
        <span className={status.database === 'failed' ? 'text-danger' : ''}>
          {databaseWords[status.database]}
        </span>
      </Row>
      {status.databaseError ? <Note>{status.databaseError}</Note> : null}
      <Row label="Engine">
        <Value>
          {database
            ? `Postgres ${database.engine.postgres}, PGlite ${database.engine.pglite}`
            : 'Not open yet'}
        </Value>
      </Row>
      <Row label="Kept in">{keptIn(status.storage)}</Row>
      {database ? (
        <>
          <Row label="Size of the database">
            <Value>{mebibytes(database.database.size)}</Value>
          </Row>
          {database.database.disk ? (
            <Row label="Its file">
              <Value>
                {mebibytes(database.database.disk.size)}, {mebibytes(database.database.disk.free)} of it free
              </Value>
            </Row>
          ) : null}
          <Row label="Memory of Postgres">
            <Value>{mebibytes(database.database.memory)}</Value>
          </Row>
        </>
      ) : null}
      <Row label="Memory of this page">
        <Value>{heap === null ? 'This browser does not say' : mebibytes(heap)}</Value>
      </Row>
      <Row label="Storage used in this browser">
        <Value>
          {mebibytes(storage.used)} of {mebibytes(storage.granted)}
        </Value>
      </Row>
      <Row label="Kept when space runs short">
        {keepingWords(storage.isKept)}
        {storage.isKept === false ? (
          <Button size="sm" onClick={() => void keep()}>
            Ask the browser to keep it
          </Button>
        ) : null}
      </Row>
    </Section>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <p className="bg-surface px-4 py-2.5 text-danger">{children}</p>;
}

function Sync({ facts: { status, database }, now }: { facts: Facts; now: number }) {
  const outbox = database?.outbox;
  return (
    <Section title="Sync" note="What travels between this device and the server.">
      <Row label="State">{syncChip(status).label}</Row>
      <Row label="Server last heard">{status.heardAt === null ? 'Never' : ago(status.heardAt, now)}</Row>
      {status.problem ? <Note>{status.problem.sentence}</Note> : null}
      {outbox ? (
        <>
          <Row label="Changes waiting to be sent">
            <Value>
              {count(outbox.waiting)}
              {outbox.sending ? ', being sent' : ''}
            </Value>
          </Row>
          <Row label="Waiting longest">
            <Value>{outbox.oldest === null ? 'Nothing' : duration(now - outbox.oldest)}</Value>
          </Row>
          <Row label="Answered, on their way back">
            <Value>{count(outbox.answered)}</Value>
          </Row>
          <Row label="Refused by the server">
            <Value>{count(outbox.refused)}</Value>
          </Row>
          <Row label="Held because of a refused one">
            <Value>{count(outbox.held)}</Value>
          </Row>
          <Row label="Rows that could not be applied">
            <Value>{count(outbox.parked)}</Value>
          </Row>
        </>
      ) : null}
    </Section>
  );
}

/** One section for each workspace that is followed; without any, the rows that are here. */
function ShapesBy({ facts: { database }, now }: { facts: Facts; now: number }) {
  const session = useSession();
  if (!database) return null;
  const workspaces = [...new Set(database.shapes.map(({ workspaceId }) => workspaceId))];
  if (workspaces.length === 0) {
    const shapes = database.tables.map((of) => ({
      ...of,
      workspaceId: '',
      state: 'behind' as const,
      currentAt: null,
    }));
    return <ShapesSection title="Tables" shapes={shapes} now={now} />;
  }
  return workspaces.map((id) => (
    <ShapesSection
      key={id}
      title={`Tables of ${session?.memberships.find((m) => m.workspaceId === id)?.name ?? 'a workspace'}`}
      shapes={database.shapes.filter(({ workspaceId }) => workspaceId === id)}
      now={now}
    />
  ));
}

function Problems({ facts: { database }, now }: { facts: Facts; now: number }) {
  const problems = database?.problems ?? [];
  return (
    <Section title="Last problems" note="Since the app was opened in this browser.">
      {problems.length === 0 ? <Row label="None" /> : null}
      {problems.map(({ at, kind, sentence }) => (
        <Row key={`${at} ${kind}`} label={sentence}>
          <time dateTime={new Date(at).toISOString()} title={exactTime(at)} className="text-xs text-ink-3">
            {ago(at, now)}
          </time>
        </Row>
      ))}
    </Section>
  );
}
