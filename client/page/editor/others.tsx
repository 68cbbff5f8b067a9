// Who else has the page open: names and colours, from the awareness of the document.
import { useEffect, useState } from 'react';
import { Avatar } from '../../kit/avatar';
import { Tooltip } from '../../kit/tooltip';
import type { DocumentHandle } from '../store/document';

const colors = ['#b4350f', '#8a5200', '#15713f', '#0f766e', '#1b5cb8', '#5b3fc4', '#9c2a8b', '#b42318'];

/** A dark colour: the name stands on it in white. */
export function caretColor(name: string): string {
  let hash = 7;
  for (const char of name) hash = (hash * 31 + char.codePointAt(0)!) >>> 0;
  return colors[hash % colors.length]!;
}

function namesOf({ awareness }: DocumentHandle): string[] {
  const names = [...awareness.getStates()]
    .filter(([client]) => client !== awareness.clientID)
    .map(([, state]) => (state.user as { name?: unknown } | undefined)?.name)
    .filter((name): name is string => typeof name === 'string' && name !== '');
  return [...new Set(names)].sort();
}

export function Others({ handle }: { handle: DocumentHandle }) {
  const [names, setNames] = useState<readonly string[]>([]);
  useEffect(() => {
    const { awareness } = handle;
    const look = () =>
      setNames((old) => {
        const next = namesOf(handle);
        return old.join('\n') === next.join('\n') ? old : next;
      });
    look();
    awareness.on('change', look);
    return () => awareness.off('change', look);
  }, [handle]);
  if (names.length === 0) return null;
  return (
    <ul aria-label="Also here" className="flex -space-x-1">
      {names.slice(0, 4).map((name) => (
        <li key={name}>
          <Tooltip text={`${name} is here`}>
            <span role="img" aria-label={name} className="flex rounded-full ring-2 ring-surface">
              <Avatar name={name} size={22} />
            </span>
          </Tooltip>
        </li>
      ))}
      {names.length > 4 ? <li className="pl-2 text-xs text-ink-3">+{names.length - 4}</li> : null}
    </ul>
  );
}
