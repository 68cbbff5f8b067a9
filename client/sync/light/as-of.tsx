// What a view of light mode says of itself: when the server gave it, and why there is no newer one.
import type { View } from './react';

/** @param props.time says a moment in words, ms since 1970 */
export function AsOf({ view, time }: { view: View; time: (at: number) => string }) {
  const { kept, isFresh, problem } = view;
  if (!kept) {
    return (
      <p role="status" className="text-sm text-ink-2">
        {problem ? `${problem} Nothing was kept of this page on this device.` : 'Loading…'}
      </p>
    );
  }
  const cut = kept.answer.cut.length > 0 ? ' Only the first ones are shown.' : '';
  return (
    <p role="status" className="text-sm text-ink-2">
      As of {time(kept.at)}
      {isFresh || !problem ? '.' : `. ${problem}`}
      {cut}
    </p>
  );
}
