// Filters of the board and the list: chosen from menus, shown as chips, kept in the address.

import { useNavigate } from '@tanstack/react-router';
import { ListFilter, Search, X } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useWorkspace } from '../account';
import { Avatar } from '../kit/avatar';
import { Button } from '../kit/button';
import { ColorDot } from '../kit/color-dot';
import { useShortcut } from '../kit/keys/keyboard';
import { type Choice, Picker } from '../kit/picker';
import { Popover } from '../kit/popover';
import { statuses, statusNames, type TaskStatus } from './facts';
import { activeFilters, type Filters, toggled } from './filters';
import { StatusIcon } from './icons';
import { useLabels } from './project-data';
import { taskShortcuts } from './shortcuts';

type Listed = 'status' | 'assignee' | 'label';
const names: Record<Listed, string> = { status: 'Status', assignee: 'Assignee', label: 'Label' };

function useChoices(): Record<Listed, Choice[]> {
  const { members } = useWorkspace();
  const { labels } = useLabels();
  return useMemo(
    () => ({
      status: statuses.map((value) => ({
        value,
        label: statusNames[value as TaskStatus],
        icon: <StatusIcon status={value} />,
      })),
      assignee: [
        { value: 'none', label: 'Nobody', icon: <Avatar name={null} size={16} /> },
        ...members.map((m) => ({ value: m.id, label: m.name, icon: <Avatar name={m.name} size={16} /> })),
      ],
      label: labels.map((l) => ({ value: l.id, label: l.name, icon: <ColorDot color={l.color} /> })),
    }),
    [members, labels],
  );
}

export function useSetFilters(): (change: Partial<Filters>) => void {
  const navigate = useNavigate();
  return (change) =>
    void navigate({ to: '.', search: (old: object) => ({ ...old, ...change }), replace: true });
}

function Chip(props: { filter: Listed; value: string; children: ReactNode; onClear: () => void }) {
  return (
    <span className="inline-flex h-7 items-center rounded-md text-xs ring-1 ring-line-strong ring-inset">
      {props.children}
      <button
        type="button"
        aria-label={`Remove filter ${names[props.filter]}`}
        onClick={props.onClear}
        className="flex h-7 w-6 items-center justify-center rounded-r-md text-ink-3 hover:bg-hover hover:text-ink"
      >
        <X size={12} aria-hidden />
      </button>
    </span>
  );
}

export function FilterBar({ filters }: { filters: Filters }) {
  const set = useSetFilters();
  const choices = useChoices();
  const active = activeFilters(filters).filter((name): name is Listed => name !== 'q');
  const [picking, setPicking] = useState<Listed | 'any' | null>(null);
  const [text, setText] = useState(filters.q ?? '');
  useShortcut(taskShortcuts.filter, () => setPicking('any'));

  // The address follows what is typed, a moment later; and the field follows the address.
  useEffect(
    () => setText((typed) => (typed.trim() === (filters.q ?? '') ? typed : (filters.q ?? ''))),
    [filters.q],
  );
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const type = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => set({ q: value.trim() || undefined }), 120);
  };

  const toggle = (filter: Listed, value: string) => set({ [filter]: toggled(filters[filter], value) });
  const anyChoices: Choice[] = (['status', 'assignee', 'label'] as const).flatMap((filter) =>
    choices[filter].map((choice) => ({
      ...choice,
      value: `${filter}:${choice.value}`,
      label: choice.label,
      keywords: [names[filter]],
    })),
  );
  const anyChosen = (['status', 'assignee', 'label'] as const).flatMap((filter) =>
    (filters[filter] ?? []).map((value) => `${filter}:${value}`),
  );

  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-1.5 phone:flex-nowrap phone:overflow-x-auto phone:px-3">
      <Popover
        label="Filter"
        open={picking === 'any'}
        onOpenChange={(open) => setPicking(open ? 'any' : null)}
        trigger={
          <Button variant="ghost" size="sm" icon={<ListFilter size={14} aria-hidden />}>
            Filter
          </Button>
        }
      >
        <Picker
          label="Filter by status, assignee or label"
          placeholder="Status, person or label…"
          choices={anyChoices}
          chosen={anyChosen}
          onChoose={(key) => {
            const [filter, value] = key.split(/:(.*)/) as [Listed, string];
            toggle(filter, value);
          }}
          className="w-64"
        />
      </Popover>
      {active.map((filter) => {
        const chosen = filters[filter] ?? [];
        const shown = choices[filter].filter((choice) => chosen.includes(choice.value));
        return (
          <Chip
            key={filter}
            filter={filter}
            value={chosen.join()}
            onClear={() => set({ [filter]: undefined })}
          >
            <Popover
              label={names[filter]}
              open={picking === filter}
              onOpenChange={(open) => setPicking(open ? filter : null)}
              trigger={
                <button
                  type="button"
                  className="flex h-7 items-center gap-1.5 rounded-l-md pr-1 pl-2 hover:bg-hover"
                >
                  <span className="text-ink-3">{names[filter]}</span>
                  <span className="max-w-40 truncate font-[500]">
                    {shown.length === 1 ? shown[0]!.label : `${chosen.length} chosen`}
                  </span>
                </button>
              }
            >
              <Picker
                label={names[filter]}
                placeholder={`${names[filter]}…`}
                choices={choices[filter]}
                chosen={chosen}
                onChoose={(value) => toggle(filter, value)}
              />
            </Popover>
          </Chip>
        );
      })}
      {active.length > 0 || filters.q ? (
        <Button
          variant="ghost"
          size="sm"
          onClick={() => set({ status: undefined, assignee: undefined, label: undefined, q: undefined })}
        >
          Clear
        </Button>
      ) : null}
      <div className="flex-1 phone:hidden" />
      <label className="relative flex items-center">
        <Search size={13} className="pointer-events-none absolute left-2 text-ink-3" aria-hidden />
        <input
          type="search"
          aria-label="Filter by text"
          placeholder="Filter by text"
          value={text}
          onChange={(event) => type(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            type('');
            event.currentTarget.blur();
          }}
          className="h-7 w-44 rounded-md bg-press/70 pr-2 pl-7 text-xs phone:w-36 [&::-webkit-search-cancel-button]:hidden"
        />
      </label>
    </div>
  );
}
