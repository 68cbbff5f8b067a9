// The icon of a page: an emoji that somebody chose, or a sheet of paper.
import { FileText } from 'lucide-react';

export function PageIcon({ icon, size = 15 }: { icon: string; size?: number }) {
  return (
    <span
      aria-hidden
      className="inline-flex shrink-0 items-center justify-center text-ink-3"
      style={{ width: size + 3, fontSize: size - 1, lineHeight: 1 }}
    >
      {icon || <FileText size={size} strokeWidth={1.7} />}
    </span>
  );
}
