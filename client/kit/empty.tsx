// What a place says when there is nothing in it.
import type { ReactNode } from 'react';

export function Empty(props: { icon: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex h-full min-h-60 flex-col items-center justify-center gap-3 px-6 py-10 text-center">
      <div className="flex size-11 items-center justify-center rounded-xl bg-press text-ink-2">
        {props.icon}
      </div>
      <div className="max-w-sm">
        <h2 className="text-base font-[600]">{props.title}</h2>
        {props.children ? <p className="mt-1 text-ink-2">{props.children}</p> : null}
      </div>
      {props.action}
    </div>
  );
}
