// The sheet of keyboard shortcuts.
import { Dialog } from '../dialog';
import { Keys } from '../kbd';
import { type Shortcut, shortcutIds, shortcuts } from './shortcuts';

const groups = ['Everywhere', 'Go to', 'Tasks', 'Bookings', 'Pages', 'A task'] as const;

export function HelpSheet(props: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog {...props} title="Keyboard shortcuts" readable width="max-w-[720px]">
      <div className="gap-8 sm:columns-2">
        {groups.map((group) => (
          <section key={group} className="mb-5 break-inside-avoid-column">
            <h3 className="mb-1 text-xs font-[600] text-ink-3">{group}</h3>
            <dl>
              {shortcutIds
                .filter((id) => shortcuts[id].group === group)
                .map((id) => {
                  const shortcut: Shortcut = shortcuts[id];
                  return (
                    <div key={id} className="flex min-h-7 items-center justify-between gap-4">
                      <dt>{shortcut.title}</dt>
                      <dd className="flex shrink-0 items-center gap-1.5">
                        {shortcut.keys.map((keys, i) => (
                          <span key={keys} className="inline-flex items-center gap-1.5">
                            {i > 0 ? <span className="text-xs text-ink-3">or</span> : null}
                            <Keys keys={keys} />
                          </span>
                        ))}
                      </dd>
                    </div>
                  );
                })}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
