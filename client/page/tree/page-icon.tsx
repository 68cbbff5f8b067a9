// The icon of a page: an emoji that somebody chose, or a sheet of paper.
import { FileText } from 'lucide-react';
import { visible } from '../../kit/visible';

const graphemes = 'Segmenter' in Intl ? new Intl.Segmenter('en', { granularity: 'grapheme' }) : null;

/** The schema admits a few characters more than one: the first that a person would call one is shown. */
export function firstOf(icon: string): string {
  const first = graphemes ? graphemes.segment(icon)[Symbol.iterator]().next().value?.segment : icon;
  return visible(first ?? '', '');
}

export function PageIcon({ icon, size = 15 }: { icon: string; size?: number }) {
  return (
    <span
      aria-hidden
      className="inline-flex shrink-0 items-center justify-center overflow-clip text-ink-3"
      style={{ width: size + 3, height: size + 3, fontSize: size - 1, lineHeight: 1 }}
    >
      {firstOf(icon) || <FileText size={size} strokeWidth={1.7} />}
    </span>
  );
}
