// What came of an import, in sentences; what was left out, and where it stands in the file.
import type { CalendarImport } from './import';

const count = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

function said(report: CalendarImport): string[] {
  const { made, changed, cancelled, unchanged, left, clashing } = report;
  const parts = [
    ...(made > 0 ? [`${count(made, 'booking was', 'bookings were')} made`] : []),
    ...(changed > 0 ? [`${changed.toLocaleString('en')} changed`] : []),
    ...(cancelled > 0 ? [`${cancelled.toLocaleString('en')} cancelled`] : []),
  ];
  return [
    parts.length > 0
      ? `${parts.join(', ')}.`
      : unchanged > 0
        ? 'Everything in this file was here already; nothing has changed.'
        : 'Nothing in this file was imported.',
    ...(clashing > 0
      ? [`${count(clashing, 'is', 'are')} tentative: the time is taken, as far as this device knows.`]
      : []),
    ...(left > 0
      ? [
          `${count(left, 'booking', 'bookings')} stayed as they are: cancelled or moved here, or somebody else’s.`,
        ]
      : []),
  ];
}

/** More would be a wall. Those of what is left out come first. */
const mostShown = 100;

export function Report({ report }: { report: CalendarImport }) {
  const problems = [...report.problems].sort((a, b) => Number(b.leftOut) - Number(a.leftOut));
  const leftOut = problems.filter((problem) => problem.leftOut).length;
  const more = problems.length - mostShown;
  return (
    <div role="status" className="mt-3 rounded-md bg-sunken px-3 py-2">
      {said(report).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {leftOut > 0 ? <p>{count(leftOut, 'event or date was', 'events or dates were')} left out:</p> : null}
      {problems.length > 0 ? (
        <ul aria-label="Remarks" className="mt-2 divide-y divide-line border-t border-line">
          {problems.slice(0, mostShown).map((problem) => (
            <li key={`${problem.line} ${problem.sentence}`} className="py-1.5">
              <span className="font-[550] [overflow-wrap:anywhere]">{problem.event}</span>{' '}
              <span className="text-ink-3">line {problem.line}</span>
              <p className={problem.leftOut ? 'text-warn' : 'text-ink-2'}>
                {problem.leftOut ? 'Left out. ' : ''}
                {problem.sentence}
              </p>
            </li>
          ))}
          {more > 0 ? (
            <li className="py-1.5 text-ink-2">{count(more, 'more remark', 'more remarks')}</li>
          ) : null}
        </ul>
      ) : null}
    </div>
  );
}
