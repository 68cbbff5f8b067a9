// Search over every task, comment, booking and page of this workspace on this device, with or without a network.
import { useNavigate, useSearch } from '@tanstack/react-router';
import clsx from 'clsx';
import { CalendarRange, FileText, MessageSquare, Search as SearchIcon } from 'lucide-react';
import { Fragment, useDeferredValue, useEffect, useRef, useState } from 'react';
import { useWorkspace } from '../account';
import { useGoToBooking } from '../booking';
import { Boundary } from '../kit/boundary';
import { Empty } from '../kit/empty';
import { Page } from '../kit/page-frame';
import { prefixQuery } from '../kit/prefix-query';
import { visible } from '../kit/visible';
import { ago, exactTime } from '../kit/when';
import { useGoToPage } from '../page';
import { useLive, useLiveTagged, useStatus } from '../sync/react/store-context';
import { StatusIcon, useOpenTask, useProjects } from '../task';
import { type Hit, markedPieces, searchHits, unreadCount } from './queries';

const most = 50;
/** So few are read before anybody has read that they are not. */
const UNREAD = 100;
const number = new Intl.NumberFormat('en');

/** Marks the beginnings of words in a title that the query asks for. */
function MarkedTitle({ text, words }: { text: string; words: string[] }) {
  return text.split(/([\p{L}\p{N}]+)/u).map((piece, i) =>
    words.some((word) => piece.toLowerCase().startsWith(word)) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, never reordered
      <mark key={i}>{piece}</mark>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <Fragment key={i}>{piece}</Fragment>
    ),
  );
}

function HitRow(props: { hit: Hit; words: string[]; chosen: boolean; onOpen: () => void; id: string }) {
  const { hit } = props;
  const projects = useProjects();
  const project = projects?.find((p) => p.id === hit.project_id);
  const found = hit.excerpt.includes('\uE000') && hit.excerpt !== hit.title;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search box handles the keys of the list
    // biome-ignore lint/a11y/useFocusableInteractive: the box keeps the focus and names the active option
    <div
      id={props.id}
      role="option"
      aria-selected={props.chosen}
      onClick={props.onOpen}
      className={clsx('flex gap-3 rounded-lg px-3 py-2.5', props.chosen ? 'bg-hover' : 'hover:bg-hover')}
    >
      <span className="flex h-5 items-center">
        {hit.kind === 'booking' ? (
          <CalendarRange size={14} className="text-ink-3" aria-label="Booking" />
        ) : hit.kind === 'page' ? (
          <FileText size={14} className="text-ink-3" aria-label="Page" />
        ) : (
          <StatusIcon status={hit.status} named />
        )}
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline gap-3">
          <span className="min-w-0 flex-1 truncate font-[550]">
            <MarkedTitle text={visible(hit.title, 'No visible title')} words={props.words} />
          </span>
          <span className="shrink-0 text-xs text-ink-3">
            {hit.kind === 'booking' ? exactTime(hit.at) : ago(hit.at)}
          </span>
        </div>
        {found ? (
          <p className="line-clamp-2 text-ink-2 [overflow-wrap:anywhere]">
            {hit.kind === 'comment' ? (
              <span className="mr-1.5 inline-flex items-center gap-1 text-ink-3">
                <MessageSquare size={12} aria-hidden />
                {hit.author || 'Comment'}:
              </span>
            ) : null}
            {markedPieces(hit.excerpt).map((piece, i) =>
              piece.found ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text
                <mark key={i}>{piece.text}</mark>
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <Fragment key={i}>{piece.text}</Fragment>
              ),
            )}
          </p>
        ) : null}
        <p className="text-xs text-ink-3">
          {hit.kind === 'booking' ? `${hit.resource}, ${hit.author}, ${hit.status}` : null}
          {hit.kind === 'page' ? 'Page' : project?.name}
        </p>
      </div>
    </div>
  );
}

export function SearchPage() {
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const navigate = useNavigate();
  const workspace = useWorkspace();
  const status = useStatus();
  const { open } = useOpenTask();
  const goToBooking = useGoToBooking();
  const goToPage = useGoToPage();
  const show = (hit: Hit) => {
    if (hit.kind === 'booking') goToBooking(hit.id, hit.at);
    else if (hit.kind === 'page') goToPage(hit.id, text);
    else open(hit.task_id);
  };
  const [text, setText] = useState(q);
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const words = useDeferredValue(prefixQuery(text));
  const live = useLiveTagged(
    (db) => (words ? searchHits(db, workspace.id, words, most) : null),
    [workspace.id, words],
    words,
  );
  const unread = useLive((db) => unreadCount(db), [])?.[0]?.count ?? 0;
  /** Not all is here yet, or it was not read yet. */
  const more = status.loading
    ? 'This workspace is still being copied to this device.'
    : unread > UNREAD
      ? `${number.format(unread)} items are still being prepared for search.`
      : null;
  const hits = words === null ? undefined : live?.rows;
  const plain = words?.split(' & ').map((word) => word.slice(0, -2)) ?? [];
  useEffect(() => {
    const timer = setTimeout(
      () =>
        void navigate({
          to: '.',
          search: (old: object) => ({ ...old, q: text || undefined }),
          replace: true,
        }),
      300,
    );
    return () => clearTimeout(timer);
  }, [text, navigate]);
  useEffect(() => input.current?.focus(), []);
  const index = Math.min(at, Math.max(0, (hits?.length ?? 0) - 1));
  useEffect(() => {
    document.getElementById(`hit-${index}`)?.scrollIntoView({ block: 'nearest' });
  }, [index]);
  return (
    <Page title="Search" icon={<SearchIcon size={15} aria-hidden />}>
      <div className="flex h-full flex-col">
        <div className="mx-auto w-full max-w-3xl px-4 pt-5 pb-2 md:px-8">
          <label className="relative flex items-center">
            <SearchIcon size={16} className="pointer-events-none absolute left-3 text-ink-3" aria-hidden />
            <input
              ref={input}
              type="search"
              role="combobox"
              aria-label="Search tasks, comments, bookings and pages"
              aria-expanded={(hits?.length ?? 0) > 0}
              aria-controls="hits"
              aria-activedescendant={hits && hits.length > 0 ? `hit-${index}` : undefined}
              placeholder="Search tasks, comments, bookings and pages"
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setAt(0);
              }}
              onKeyDown={(event) => {
                const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
                if (step && hits) {
                  event.preventDefault();
                  setAt(Math.max(0, Math.min(hits.length - 1, index + step)));
                }
                const hit = hits?.[index];
                if (event.key === 'Enter' && hit) show(hit);
                if (event.key === 'Escape') event.currentTarget.blur();
              }}
              className="h-10 w-full rounded-lg bg-surface pr-3 pl-9 text-base ring-1 ring-line-strong ring-inset focus-visible:outline-2 [&::-webkit-search-cancel-button]:hidden"
            />
          </label>
          <p className="mt-2 text-xs text-ink-3" aria-live="polite">
            {hits === undefined
              ? (more ?? 'Everything on this device is searched, also without a network.')
              : hits.length === 0
                ? ''
                : `${hits.length === most ? `The best ${most}` : hits.length} ${hits.length === 1 ? 'result' : 'results'}${
                    more ? `. ${more}` : ''
                  }`}
          </p>
        </div>
        {hits?.length === 0 && live?.tag === words ? (
          <Empty icon={<SearchIcon size={20} aria-hidden />} title="Nothing found">
            {more ?? 'Nothing on this device has all of these words.'}
          </Empty>
        ) : (
          <div className="min-h-0 flex-1 overflow-y-auto">
            <div
              id="hits"
              role="listbox"
              aria-label="Results"
              className="mx-auto max-w-3xl px-1 pb-8 md:px-5"
            >
              {hits?.map((hit, i) => (
                <Boundary key={`${hit.kind}-${hit.id}`} what="result" of={hit}>
                  <HitRow
                    id={`hit-${i}`}
                    hit={hit}
                    words={plain}
                    chosen={i === index}
                    onOpen={() => {
                      setAt(i);
                      show(hit);
                    }}
                  />
                </Boundary>
              ))}
            </div>
          </div>
        )}
      </div>
    </Page>
  );
}
