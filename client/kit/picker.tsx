// Choosing one or several things from a list by typing: in a popover, or inside the palette.
import clsx from 'clsx';
import { Command } from 'cmdk';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly icon?: ReactNode;
  readonly keys?: string;
  readonly keywords?: string[];
}

export const itemStyle =
  'flex min-h-8 items-center gap-2.5 rounded-md px-2 text-sm select-none data-[selected=true]:bg-hover data-[disabled=true]:opacity-50';

/** The rows of a choice; for use within cmdk's Command. */
export function ChoiceItems(props: {
  choices: readonly Choice[];
  chosen: readonly string[];
  onChoose: (value: string) => void;
}) {
  return props.choices.map((choice) => {
    const on = props.chosen.includes(choice.value);
    return (
      <Command.Item
        key={choice.value}
        value={`${choice.label} ${choice.value}`}
        keywords={choice.keywords ?? []}
        onSelect={() => props.onChoose(choice.value)}
        className={itemStyle}
      >
        {choice.icon ? <span className="flex size-4 items-center justify-center">{choice.icon}</span> : null}
        <span className="min-w-0 flex-1 truncate">{choice.label}</span>
        {on ? <Check size={14} className="text-accent-ink" aria-label="chosen" /> : null}
        {choice.keys ? <span className="w-3 text-center text-xs text-ink-3">{choice.keys}</span> : null}
      </Command.Item>
    );
  });
}

export function Picker(props: {
  label: string;
  placeholder: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChoose: (value: string) => void;
  /** Offers to make what was typed, when nothing has that name. */
  onCreate?: (text: string) => void;
  search?: string;
  onSearch?: (text: string) => void;
  className?: string;
}) {
  const text = (props.search ?? '').trim();
  const known = props.choices.some((choice) => choice.label.toLowerCase() === text.toLowerCase());
  return (
    <Command
      label={props.label}
      loop
      className={clsx('flex flex-col overflow-hidden', props.className ?? 'w-60')}
    >
      <Command.Input
        autoFocus
        placeholder={props.placeholder}
        {...(props.onSearch ? { value: props.search ?? '', onValueChange: props.onSearch } : {})}
        className="h-9 border-b border-line bg-transparent px-3 text-sm focus-visible:outline-none"
      />
      <Command.List className="max-h-72 scroll-py-1 overflow-y-auto p-1">
        {props.onCreate && text ? null : (
          <Command.Empty className="px-2 py-3 text-ink-3">Nothing has that name.</Command.Empty>
        )}
        <ChoiceItems choices={props.choices} chosen={props.chosen} onChoose={props.onChoose} />
        {props.onCreate && text && !known ? (
          <Command.Item
            value={`create ${text}`}
            forceMount
            onSelect={() => props.onCreate?.(text)}
            className={itemStyle}
          >
            <span className="text-ink-3">Create</span> <span className="truncate">“{text}”</span>
          </Command.Item>
        ) : null}
      </Command.List>
    </Command>
  );
}
