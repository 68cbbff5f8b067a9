// The tables of a workspace: how many rows are here, and how far they are behind the server.
import { Section } from '../../kit/page-frame';
import type { Diagnostics } from '../../sync/diagnosed';
import { count, lag, stateWords } from './words';

/** @param props.now ms since 1970 */
export function ShapesSection(props: { title: string; shapes: Diagnostics['shapes']; now: number }) {
  const { title, shapes, now } = props;
  const sum = shapes.reduce((rows, shape) => rows + shape.rows, 0);
  const head = 'px-4 py-2 text-left phone:px-2 text-xs font-[550] text-ink-3';
  return (
    <Section title={title}>
      <table aria-label={title} className="w-full phone:text-xs border-collapse bg-surface tabular-nums">
        <thead>
          <tr className="border-b border-line">
            <th scope="col" className={head}>
              Table
            </th>
            <th scope="col" className={`${head} text-right!`}>
              Rows here
            </th>
            <th scope="col" className={head}>
              State
            </th>
            <th scope="col" className={`${head} text-right!`}>
              Lag
            </th>
          </tr>
        </thead>
        <tbody>
          {shapes.map((shape) => (
            <tr key={shape.table} className="border-b border-line last:border-0">
              <th scope="row" className="px-4 py-1.5 phone:px-2 text-left font-[450] break-all">
                {shape.table}
              </th>
              <td className="px-4 py-1.5 phone:px-2 text-right">{count(shape.rows)}</td>
              <td
                className={
                  shape.state === 'current'
                    ? 'px-4 py-1.5 whitespace-nowrap text-ink-2 phone:px-2'
                    : 'px-4 py-1.5 whitespace-nowrap text-warn phone:px-2'
                }
              >
                {stateWords[shape.state]}
              </td>
              <td className="px-4 py-1.5 phone:px-2 text-right text-ink-2">{lag(shape, now)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="border-t border-line-strong">
            <th scope="row" className="px-4 py-1.5 phone:px-2 text-left font-[550]">
              All
            </th>
            <td className="px-4 py-1.5 phone:px-2 text-right font-[550]">{count(sum)}</td>
            <td />
            <td />
          </tr>
        </tfoot>
      </table>
    </Section>
  );
}
