// Where something is: not even stored, on this device only, or on the server.
import clsx from 'clsx';
import { Cloud, CloudUpload, Pencil } from 'lucide-react';
import { memo } from 'react';

const marks = {
  writing: { text: 'Being stored', title: 'Being stored on this device', color: 'text-ink-3' },
  pending: {
    text: 'Only on this device',
    title: 'Only on this device: waiting to be sent',
    color: 'text-warn',
  },
  stored: { text: 'On the server', title: 'On the server', color: 'text-ink-3' },
} as const;

const icons = {
  writing: <Pencil size={14} strokeWidth={1.6} aria-hidden className="opacity-70" />,
  pending: <CloudUpload size={14} strokeWidth={2} aria-hidden />,
  stored: <Cloud size={14} strokeWidth={1.6} aria-hidden className="opacity-70" />,
} as const;

/**
 * @param props.writing it is not on this device's storage yet
 * @param props.words write it out beside the icon.
 */
export const SyncMark = memo(function SyncMark(props: {
  pending: boolean;
  writing?: boolean;
  words?: boolean;
}) {
  const state = props.writing ? 'writing' : props.pending ? 'pending' : 'stored';
  const { text, title, color } = marks[state];
  return (
    <span
      className={clsx('inline-flex items-center gap-1', color)}
      title={title}
      data-pending={props.pending}
      data-writing={props.writing === true}
    >
      <span role="img" aria-label={text} className="inline-flex">
        {icons[state]}
      </span>
      {props.words ? (
        <span aria-hidden className="text-xs">
          {text}
        </span>
      ) : null}
    </span>
  );
});
