// Tasks by the thousand for measurements: the same ones for the same count, of lengths that people's tasks have.
// The app's server gets them by SQL, the stock page as JSON.
import { generateNKeysBetween } from 'fractional-indexing';
import { derivedId } from '../../db/sync/ids';

export interface GeneratedTask {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly status: string;
  readonly priority: number;
  readonly position: string;
}

const statuses = ['backlog', 'todo', 'todo', 'doing', 'review', 'done', 'done', 'done', 'cancelled'];
const words =
  'pump valve generator antenna tent ration diesel filter sample freezer sensor mast cable battery inverter ' +
  'logbook harness winch anchor hatch ballast compass radio beacon stove heater pipe gauge seal bearing rotor';

/** @returns tasks in board order; every hundredth has the word 'needle' in its description, for searching. */
export function generatedTasks(count: number, seed: string): GeneratedTask[] {
  const list = words.split(' ');
  const pick = (n: number) => list[n % list.length] ?? '';
  const positions = generateNKeysBetween(null, null, count);
  return positions.map((position, i) => {
    // A small congruential sequence: the texts differ, and do so equally on every machine.
    const r = (i * 48_271 + 11) % 2_147_483_647;
    const sentence = Array.from({ length: 8 + (r % 40) }, (_, k) => pick(r + k * k * 7 + i)).join(' ');
    return {
      id: derivedId(`measure ${seed} ${i}`),
      title: `${i + 1}: check the ${pick(r)} of the ${pick(i * 7 + 3)}`,
      description: i % 100 === 0 ? `${sentence} needle` : sentence,
      status: statuses[r % statuses.length] ?? 'todo',
      priority: r % 5,
      position,
    };
  });
}
