// The sign of a project: the beginning of its key.

export function ProjectBadge({ projectKey }: { projectKey: string }) {
  return (
    <span
      aria-hidden
      className="inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-[5px] bg-accent-soft px-1 text-[9.5px] font-[650] tracking-[0.02em] text-accent-ink"
    >
      {projectKey.slice(0, 3)}
    </span>
  );
}
