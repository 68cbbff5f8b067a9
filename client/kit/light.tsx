// The parts of light mode's pages: plain elements, no libraries beside React. A feature describes its place in light mode
// with LightFeature.
import clsx from 'clsx';
import { type ComponentProps, type ComponentType, type ReactNode, useSyncExternalStore } from 'react';

/** What a feature adds to light mode. */
export interface LightFeature {
  /** First part of its addresses: `#/<name>`. One word, lower case. */
  readonly name: string;
  /** In the navigation. */
  readonly title: string;
  /** @param props.path what follows in the address, as its parts */
  readonly Page: ComponentType<{ path: readonly string[] }>;
}

/** @returns the parts of the address behind `#/` */
export function useHashPath(): readonly string[] {
  const hash = useSyncExternalStore(
    (listener) => {
      addEventListener('hashchange', listener);
      return () => removeEventListener('hashchange', listener);
    },
    () => location.hash,
  );
  return hash
    .replace(/^#?\/?/, '')
    .split('/')
    .filter(Boolean)
    .map(decodeURIComponent);
}

const variants = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover font-[550]',
  secondary: 'bg-surface text-ink ring-1 ring-inset ring-line-strong hover:bg-hover font-[500]',
} as const;

export function PlainButton({
  variant = 'secondary',
  className,
  ...rest
}: ComponentProps<'button'> & { variant?: keyof typeof variants }) {
  return (
    <button
      type="button"
      {...rest}
      className={clsx(
        'inline-flex min-h-9 shrink-0 items-center justify-center rounded-md px-3 text-sm disabled:opacity-50',
        variants[variant],
        className,
      )}
    />
  );
}

export function PlainLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <a href={to} className="rounded-sm text-accent-ink underline underline-offset-2">
      {children}
    </a>
  );
}

const tones = {
  info: 'bg-info-soft text-info',
  warn: 'bg-warn-soft text-warn',
  danger: 'bg-danger-soft text-danger',
} as const;

export function Notice({ tone, children }: { tone: keyof typeof tones; children: ReactNode }) {
  return (
    <div role="status" className={clsx('rounded-md px-3 py-2 text-sm', tones[tone])}>
      {children}
    </div>
  );
}

/** A page of light mode. @param props.back address of the page above it, and what that is called */
export function LightPage(props: {
  title: string;
  back?: { readonly to: string; readonly name: string };
  children: ReactNode;
}) {
  return (
    <div className="flex flex-col gap-4">
      <div>
        {props.back ? <PlainLink to={props.back.to}>{`← ${props.back.name}`}</PlainLink> : null}
        <h1 className="mt-1 text-xl font-[620] wrap-anywhere">{props.title}</h1>
      </div>
      {props.children}
    </div>
  );
}

/** The time of day, with the day where that is not the one it is read under. @param at ms since 1970 */
export function clockTime(at: number, under: Date = new Date()): string {
  const isThatDay = new Date(at).toDateString() === under.toDateString();
  return new Date(at).toLocaleString(
    [],
    isThatDay ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' },
  );
}

const marks = {
  writing: { sign: '…', text: 'Being stored', color: 'text-ink-3' },
  pending: { sign: '↑', text: 'Only on this device', color: 'text-warn' },
  stored: { sign: '✓', text: 'On the server', color: 'text-ink-3' },
} as const;

/** Where something is, as kit/mark.tsx says it, without icons. @param props.words write it out */
export function PlainMark(props: { pending: boolean; writing: boolean; words?: boolean }) {
  const { sign, text, color } = marks[props.writing ? 'writing' : props.pending ? 'pending' : 'stored'];
  return (
    <span className={clsx('inline-flex items-center gap-1 text-sm', color)} title={text}>
      <span role="img" aria-label={text}>
        {sign}
      </span>
      {props.words ? (
        <span aria-hidden className="text-xs">
          {text}
        </span>
      ) : null}
    </span>
  );
}
