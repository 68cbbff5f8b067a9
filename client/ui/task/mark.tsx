// Where a task is: on this device only, or on the server.
import clsx from 'clsx';
import { Cloud, CloudUpload } from 'lucide-react';
import { memo } from 'react';

/** @param props.words write it out beside the icon. */
export const SyncMark = memo(function SyncMark(props: { pending: boolean; words?: boolean }) {
  const text = props.pending ? 'Only on this device' : 'On the server';
  return (
    <span
      className={clsx('inline-flex items-center gap-1', props.pending ? 'text-warn' : 'text-ink-3')}
      title={props.pending ? 'Only on this device: waiting to be sent' : 'On the server'}
      data-pending={props.pending}
    >
      <span role="img" aria-label={text} className="inline-flex">
        {props.pending ? (
          <CloudUpload size={14} strokeWidth={2} aria-hidden />
        ) : (
          <Cloud size={14} strokeWidth={1.6} aria-hidden className="opacity-70" />
        )}
      </span>
      {props.words ? (
        <span aria-hidden className="text-xs">
          {text}
        </span>
      ) : null}
    </span>
  );
});
