// How an entry of the sidebar looks, for whatever stands in it.
export const sidebarEntry =
  'group flex h-7 items-center gap-2.5 rounded-md px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink aria-[current=page]:bg-press aria-[current=page]:text-ink aria-[current=page]:font-[550]';
