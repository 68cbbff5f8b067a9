// The first paint: the frame of the app as it will stand, from what this browser remembers, before the interface has
// arrived. Nothing in it can be used, so it is hidden from assistive technology; React replaces it when it renders.
import type { RememberedPerson } from './remembered';

/** @param root the element that React will fill */
export function paintFrame(root: HTMLElement, { workspace, sidebar }: RememberedPerson): void {
  const frame = element('flex h-full');
  frame.ariaHidden = 'true';
  frame.inert = true;
  if (sidebar) {
    const column = element('w-58 shrink-0 phone:hidden');
    const contents = element('flex h-full flex-col gap-4 px-2 py-2');
    const name = element('flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md px-1.5');
    const tile = element(
      'inline-flex size-5 shrink-0 items-center justify-center rounded-[5px] bg-accent text-2xs font-[650] text-on-accent',
    );
    tile.textContent = (workspace.trim()[0] ?? '?').toUpperCase();
    const label = element('min-w-0 truncate text-sm font-[600]');
    label.textContent = workspace;
    name.append(tile, label);
    const line = element('flex items-center gap-1');
    line.append(name);
    contents.append(line);
    column.append(contents);
    frame.append(column);
  }
  const card = element(
    'flex min-w-0 flex-1 flex-col overflow-hidden bg-surface md:my-2 md:mr-2 md:rounded-lg md:shadow-card md:[&:first-of-type]:ml-2',
  );
  const header = element(
    'flex h-12 shrink-0 items-center border-b border-line pr-3 pl-4 text-sm text-ink-3 phone:pl-2',
  );
  header.textContent = 'Opening…';
  card.append(header);
  frame.append(card);
  root.append(frame);
}

function element(className: string): HTMLElement {
  const made = document.createElement('div');
  made.className = className;
  return made;
}
