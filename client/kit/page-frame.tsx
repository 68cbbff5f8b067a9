// The frame of a page: a header of one line (title, actions) and the content below it. What the app puts at both ends
// of every header comes from PageEnds, which the app fills; without it the ends are empty.
import { createContext, type ReactNode, useContext, useEffect } from 'react';

interface Ends {
  /** Before the title: the button that opens the menu. */
  readonly start?: ReactNode;
  /** After the actions of the page: how the device stands with the server. */
  readonly end?: ReactNode;
}

const EndsContext = createContext<Ends>({});

/** Around all pages. */
export function PageEnds({ children, ...ends }: Ends & { children: ReactNode }) {
  return <EndsContext value={ends}>{children}</EndsContext>;
}

export function Page(props: {
  /** Name of the page, in the header and in the tab. */
  title: string;
  icon?: ReactNode;
  /** Beside the title: tabs of the same thing. */
  tabs?: ReactNode;
  actions?: ReactNode;
  /** A second line: filters. */
  bar?: ReactNode;
  children: ReactNode;
}) {
  const { start, end } = useContext(EndsContext);
  useEffect(() => {
    document.title = `${props.title} · Outpost`;
  }, [props.title]);
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line pr-3 pl-4 phone:pl-2">
        {start}
        {props.icon ? <span className="flex text-ink-3 phone:hidden">{props.icon}</span> : null}
        <h1 className="min-w-0 truncate text-sm font-[600]">{props.title}</h1>
        {props.tabs}
        <div className="flex-1" />
        {props.actions}
        {end}
      </header>
      {props.bar}
      <div className="relative min-h-0 flex-1">{props.children}</div>
    </div>
  );
}

/** A column of sections, for pages that are read rather than worked in. */
export function Column({ children, wide }: { children: ReactNode; wide?: boolean }) {
  return (
    <div className="h-full overflow-y-auto">
      <div className={wide ? 'mx-auto max-w-4xl px-4 py-6 md:px-8' : 'mx-auto max-w-2xl px-4 py-6 md:px-8'}>
        {children}
      </div>
    </div>
  );
}

export function Section(props: { title: string; note?: ReactNode; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="mb-8">
      <div className="mb-3 flex items-end justify-between gap-4">
        <div>
          <h2 className="text-base font-[600]">{props.title}</h2>
          {props.note ? <p className="mt-0.5 text-ink-2">{props.note}</p> : null}
        </div>
        {props.action}
      </div>
      <div className="divide-y divide-line overflow-hidden rounded-lg ring-1 ring-line">{props.children}</div>
    </section>
  );
}

export function Row({ label, children }: { label: ReactNode; children?: ReactNode }) {
  return (
    <div className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 gap-y-1 bg-surface px-4 py-2">
      <div className="text-ink-2">{label}</div>
      <div className="flex min-w-0 items-center gap-2 text-ink">{children}</div>
    </div>
  );
}
