// Modal dialogs: title, body, actions at the bottom right.
import clsx from 'clsx';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  width?: string;
  /** The body has nothing to focus and may be longer than the screen: the keyboard must reach it to scroll. */
  readable?: boolean;
}

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  actions,
  width,
  readable,
}: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="anim-fade fixed inset-0 z-40 bg-overlay" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={clsx(
            'anim-pop fixed top-[14vh] left-1/2 z-50 flex max-h-[78vh] w-[calc(100vw-24px)] -translate-x-1/2 flex-col rounded-xl bg-raised shadow-pop',
            width ?? 'max-w-[440px]',
          )}
        >
          <div className="flex items-start gap-3 px-5 pt-4">
            <Radix.Title className="min-w-0 flex-1 text-lg font-[600] tracking-[-0.01em]">
              {title}
            </Radix.Title>
            <Radix.Close
              aria-label="Close"
              className="-mr-2 inline-flex size-7 items-center justify-center rounded-md text-ink-3 hover:bg-hover hover:text-ink"
            >
              <X size={16} aria-hidden />
            </Radix.Close>
          </div>
          {description ? (
            <Radix.Description className="px-5 pt-1 text-ink-2">{description}</Radix.Description>
          ) : null}
          <div
            className="min-h-0 flex-1 overflow-y-auto px-5 py-4 focus-visible:-outline-offset-2"
            {...(readable ? { tabIndex: 0, role: 'region', 'aria-label': title } : {})}
          >
            {children}
          </div>
          {actions ? (
            <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{actions}</div>
          ) : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
