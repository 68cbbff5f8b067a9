// Icons of statuses and priorities: drawn here, so that shape as well as colour tells them apart.
import { memo, type ReactNode } from 'react';
import { priorityNames, statusNames, type TaskStatus } from './facts';

const colors: Record<TaskStatus, string> = {
  backlog: 'var(--todo)',
  todo: 'var(--todo)',
  doing: 'var(--doing)',
  review: 'var(--review)',
  done: 'var(--done)',
  cancelled: 'var(--todo)',
};

/** How much of the circle is filled. */
const filled: Partial<Record<TaskStatus, number>> = { doing: 0.5, review: 0.78 };

function Named({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span role="img" aria-label={name} className="inline-flex shrink-0">
      {children}
    </span>
  );
}

/** @param props.named give it a name of its own; otherwise it is decoration beside a text. */
export const StatusIcon = memo(function StatusIcon(props: {
  status: string;
  size?: number;
  named?: boolean;
}) {
  const status = (props.status in statusNames ? props.status : 'todo') as TaskStatus;
  const color = colors[status];
  const size = props.size ?? 14;
  const part = filled[status];
  const around = 2 * Math.PI * 2;
  const icon = (
    <svg width={size} height={size} viewBox="0 0 14 14" fill="none" className="shrink-0" aria-hidden>
      {status === 'done' || status === 'cancelled' ? (
        <>
          <circle cx="7" cy="7" r="6.5" fill={color} />
          <path
            d={status === 'done' ? 'M4.2 7.2 6.2 9.2 9.9 5.1' : 'M5 5l4 4M9 5l-4 4'}
            stroke="var(--surface)"
            strokeWidth="1.5"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </>
      ) : (
        <circle
          cx="7"
          cy="7"
          r="5.75"
          stroke={color}
          strokeWidth="1.5"
          {...(status === 'backlog' ? { strokeDasharray: '1.6 2' } : {})}
        />
      )}
      {part ? (
        <circle
          cx="7"
          cy="7"
          r="2"
          stroke={color}
          strokeWidth="4"
          strokeDasharray={`${around * part} ${around}`}
          transform="rotate(-90 7 7)"
        />
      ) : null}
    </svg>
  );
  return props.named ? <Named name={statusNames[status]}>{icon}</Named> : icon;
});

export const PriorityIcon = memo(function PriorityIcon(props: { priority: number; named?: boolean }) {
  const { priority } = props;
  const name = priorityNames[priority] ?? priorityNames[0];
  const bars = priority === 0 ? 0 : 5 - priority;
  const icon = (
    <svg width="14" height="14" viewBox="0 0 14 14" className="shrink-0" aria-hidden>
      {priority === 1 ? (
        <>
          <rect x="0.5" y="0.5" width="13" height="13" rx="3.5" fill="var(--urgent)" />
          <path d="M7 3.6v3.9M7 10v.2" stroke="var(--surface)" strokeWidth="1.6" strokeLinecap="round" />
        </>
      ) : priority === 0 ? (
        [1, 5.5, 10].map((x) => (
          <rect key={x} x={x} y="6.2" width="3" height="1.6" rx="0.8" fill="var(--todo)" />
        ))
      ) : (
        [0, 1, 2].map((i) => (
          <rect
            key={i}
            x={1 + i * 4.5}
            y={9 - i * 3.5}
            width="3"
            height={4 + i * 3.5}
            rx="1"
            fill="var(--ink-2)"
            opacity={i < bars ? 1 : 0.28}
          />
        ))
      )}
    </svg>
  );
  return props.named ? <Named name={name}>{icon}</Named> : icon;
});
