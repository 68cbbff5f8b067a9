// The steps of this start as bars: each from the moment of the step before to its own, on one scale.
import { Section } from '../../kit/page-frame';
import type { StartMark } from '../../sync/start-marks';
import { duration, stepWords } from './words';

/** @param props.start in the order of time */
export function StartSection({ start }: { start: readonly StartMark[] }) {
  const began = start[0]?.at ?? 0;
  const whole = Math.max(1, (start.at(-1)?.at ?? 0) - began);
  const percent = (at: number) => ((at - began) / whole) * 100;
  return (
    <Section
      title="This start"
      note="From the moment when the page was asked for. If another tab holds the database, its start is shown, too."
    >
      <ol aria-label="Steps of this start" className="bg-surface py-2">
        {start.map(({ step, at }, i) => {
          const from = percent(start[Math.max(0, i - 1)]!.at);
          return (
            <li key={step} className="flex items-center gap-3 px-4 py-1">
              <span className="w-52 shrink-0 phone:w-36">{stepWords[step]}</span>
              <span aria-hidden className="relative h-2 min-w-0 flex-1 overflow-hidden rounded-full bg-press">
                <span
                  className="absolute inset-y-0 rounded-full bg-accent"
                  style={{ left: `${Math.min(99, from)}%`, width: `${Math.max(1, percent(at) - from)}%` }}
                />
              </span>
              <span className="w-16 shrink-0 text-right tabular-nums">{duration(at - began)}</span>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}
