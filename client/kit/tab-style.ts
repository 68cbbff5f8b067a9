// How a tab in the header of a page looks, a link or a button.
export const tabStyle =
  'flex h-7 items-center gap-1.5 rounded-md px-2 text-xs font-[550] text-ink-2 hover:bg-hover hover:text-ink aria-[current=page]:bg-press aria-[current=page]:text-ink';
