// A person as initials on a colour of their own; nobody is a dashed circle.
import { UserRound } from 'lucide-react';

const hues = [12, 38, 88, 140, 172, 205, 232, 262, 292, 330];

function hueOf(name: string): number {
  let hash = 7;
  for (const char of name) hash = (hash * 31 + char.codePointAt(0)!) >>> 0;
  return hues[hash % hues.length]!;
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0]?.[0] ?? '?';
  const last = words.length > 1 ? words.at(-1)![0]! : '';
  return (first + last).toUpperCase();
}

export function Avatar({ name, size = 20 }: { name: string | null; size?: number }) {
  if (name === null) {
    return (
      <span
        aria-hidden
        className="inline-flex shrink-0 items-center justify-center rounded-full border border-dashed border-ink-3/70 text-ink-3"
        style={{ width: size, height: size }}
      >
        <UserRound size={size * 0.6} strokeWidth={1.8} />
      </span>
    );
  }
  return (
    <span
      aria-hidden
      className="inline-flex shrink-0 items-center justify-center rounded-full font-[600] select-none"
      style={{
        width: size,
        height: size,
        fontSize: Math.max(8, size * 0.42),
        lineHeight: 1,
        color: '#fff',
        background: `oklch(0.5 0.11 ${hueOf(name)})`,
      }}
    >
      {initials(name)}
    </span>
  );
}
