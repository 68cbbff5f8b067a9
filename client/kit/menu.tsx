// Drop-down menus.
import clsx from 'clsx';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Keys } from './kbd';

export const menuSurface =
  'anim-pop z-50 min-w-48 overflow-hidden rounded-lg bg-raised p-1 text-sm text-ink shadow-pop';

export function Menu(props: {
  trigger: ReactNode;
  children: ReactNode;
  align?: 'start' | 'end';
  label?: string;
}) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{props.trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={props.align ?? 'start'}
          sideOffset={4}
          collisionPadding={8}
          className={menuSurface}
          {...(props.label ? { 'aria-label': props.label } : {})}
        >
          {props.children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem(props: {
  onSelect: () => void;
  icon?: ReactNode;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  /** A second line, also the reason why it is disabled. */
  note?: string | null;
  children: ReactNode;
}) {
  return (
    <Radix.Item
      disabled={props.disabled ?? false}
      onSelect={props.onSelect}
      className={clsx(
        'flex min-h-7 items-center gap-2 rounded-md px-2 py-1 outline-none select-none data-[highlighted]:bg-hover data-[disabled]:opacity-55',
        props.danger && 'text-danger',
      )}
    >
      {props.icon ? (
        <span className="flex size-4 items-center justify-center text-ink-3">{props.icon}</span>
      ) : null}
      <span className="min-w-0 flex-1">
        <span className="block truncate">{props.children}</span>
        {props.note ? <span className="block text-xs text-ink-3">{props.note}</span> : null}
      </span>
      {props.keys ? <Keys keys={props.keys} /> : null}
    </Radix.Item>
  );
}

export function MenuLine() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 pt-1.5 pb-1 text-xs text-ink-3">{children}</Radix.Label>;
}
