// Who takes part in a booking: members of the workspace.
import { Users } from 'lucide-react';
import { useMemo } from 'react';
import { useWorkspace } from '../account';
import { Avatar } from '../kit/avatar';
import { Picker } from '../kit/picker';
import { Popover } from '../kit/popover';

export function PeopleField(props: {
  value: readonly string[];
  onChange: (ids: string[]) => void;
  readOnly: boolean;
}) {
  const { members, memberById } = useWorkspace();
  const choices = useMemo(
    () =>
      members.map((member) => ({
        value: member.id,
        label: member.name,
        icon: <Avatar name={member.name} size={18} />,
        keywords: [member.email],
      })),
    [members],
  );
  const names = props.value.map((id) => memberById.get(id)?.name ?? 'Former member');
  const shown = (
    <button
      type="button"
      disabled={props.readOnly}
      aria-label={`People: ${names.join(', ') || 'nobody'}`}
      className="flex min-h-8 w-full flex-wrap items-center gap-x-3 gap-y-1 rounded-md px-2.5 py-1 text-left ring-1 ring-line-strong ring-inset hover:bg-hover"
    >
      {names.length === 0 ? (
        <span className="flex items-center gap-2 text-ink-3">
          <Users size={14} aria-hidden /> Add people
        </span>
      ) : (
        names.map((name, i) => (
          <span key={props.value[i]} className="flex items-center gap-1.5">
            <Avatar name={name} size={18} />
            {name}
          </span>
        ))
      )}
    </button>
  );
  if (props.readOnly) return shown;
  return (
    <Popover label="People" trigger={shown}>
      <Picker
        label="People"
        placeholder="Name…"
        choices={choices}
        chosen={props.value}
        onChoose={(id) =>
          props.onChange(
            props.value.includes(id) ? props.value.filter((other) => other !== id) : [...props.value, id],
          )
        }
      />
    </Popover>
  );
}
