// Tooltips: a name or a reason, with the key that does the same.
import { Tooltip as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Keys } from './kbd';

export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={450} skipDelayDuration={200}>
      {children}
    </Radix.Provider>
  );
}

export function Tooltip(props: {
  text: ReactNode;
  keys?: string;
  children: ReactNode;
  side?: 'top' | 'right';
}) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{props.children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={6}
          side={props.side ?? 'top'}
          collisionPadding={8}
          className="anim-fade z-60 flex max-w-72 items-center gap-2 rounded-md bg-raised px-2 py-1 text-xs text-ink shadow-pop"
        >
          {props.text}
          {props.keys ? <Keys keys={props.keys} /> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
