// A dot in the colour that a person chose for something.

export function ColorDot({ color }: { color: string }) {
  return <span className="size-2 shrink-0 rounded-full" style={{ background: color }} />;
}
