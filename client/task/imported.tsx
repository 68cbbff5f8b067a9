// Says that a name and a time came with an import: they are what the file said, not a member's word.
export function ImportedMark() {
  return (
    <span
      title="This came with an import. The name and the time are what the imported file says."
      className="shrink-0 rounded bg-press px-1.5 text-xs text-ink-2"
    >
      imported
    </span>
  );
}
