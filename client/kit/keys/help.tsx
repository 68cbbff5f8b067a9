// The sheet of keyboard shortcuts.
import { Dialog } from '../dialog';
import { Keys } from '../kbd';
import type { Shortcut } from './shortcuts';

/** @param props.shortcuts in the order in which they are shown, those of a group in a row or not */
export function HelpSheet(props: { shortcuts: readonly Shortcut[]; onClose: () => void }) {
  const groups = [...new Set(props.shortcuts.map((shortcut) => shortcut.group))];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && props.onClose()}
      title="Keyboard shortcuts"
      readable
      width="max-w-[720px]"
    >
      <div className="gap-8 sm:columns-2">
        {groups.map((group) => (
          <section key={group} className="mb-5 break-inside-avoid-column">
            <h3 className="mb-1 text-xs font-[600] text-ink-3">{group}</h3>
            <dl>
              {props.shortcuts
                .filter((shortcut) => shortcut.group === group)
                .map((shortcut) => (
                  <div key={shortcut.title} className="flex min-h-7 items-center justify-between gap-4">
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
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
