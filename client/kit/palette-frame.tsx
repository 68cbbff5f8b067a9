// The frame of the palette and of its choices: a box to type in, over a list.
import { Command } from 'cmdk';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

/** Each word that is typed begins a word of the item: letters strewn over it would put commands before what is meant. */
function byWords(value: string, typed: string, keywords: string[] = []): number {
  const words = [value, ...keywords]
    .join(' ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const wanted = typed
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  return wanted.every((each) => words.some((word) => word.startsWith(each))) ? 1 : 0;
}

export function PaletteFrame(props: {
  title: string;
  placeholder: string;
  /** What it is about, above the box. */
  about?: string | undefined;
  search?: string;
  onSearch?: (text: string) => void;
  /** Value of the item that Enter takes; '' is none. Without it the list chooses by itself. */
  chosen?: string;
  onChosen?: (value: string) => void;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Radix.Root open onOpenChange={(open) => !open && props.onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="anim-fade fixed inset-0 z-40 bg-overlay" />
        <Radix.Content
          aria-describedby={undefined}
          className="anim-pop fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-24px)] max-w-[600px] -translate-x-1/2 overflow-hidden rounded-xl bg-raised shadow-pop"
        >
          <Radix.Title className="sr-only">{props.title}</Radix.Title>
          {props.about ? (
            <p className="truncate px-4 pt-3 text-xs text-ink-3">
              <span className="rounded-md bg-press px-1.5 py-0.5">{props.about}</span>
            </p>
          ) : null}
          <Command
            label={props.title}
            loop
            filter={byWords}
            {...(props.onChosen ? { value: props.chosen ?? '', onValueChange: props.onChosen } : {})}
          >
            <Command.Input
              autoFocus
              placeholder={props.placeholder}
              {...(props.onSearch ? { value: props.search ?? '', onValueChange: props.onSearch } : {})}
              className="h-12 w-full border-b border-line bg-transparent px-4 text-base focus-visible:outline-none"
            />
            <Command.List className="max-h-[min(420px,60vh)] scroll-py-2 overflow-y-auto p-1.5">
              {props.children}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
