// How much work a calendar file may cost, in steps: a bound that is the same on every device, so that no file hangs.
import { LeftOut } from './problem';

/** A step looks at one day of a rule: 0.1 to 0.3 µs. */
const stepsOfRule = 500_000;
const stepsOfFile = 20_000_000;

export class Budget {
  #left = stepsOfFile;

  /** @throws LeftOut when the file has used up its steps */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new LeftOut('file-far');
  }

  /** For one rule: @returns what spends its steps. @throws LeftOut when the rule, or the file, has used up its own */
  rule(): (steps: number) => void {
    let left = stepsOfRule;
    return (steps) => {
      left -= steps;
      if (left < 0) throw new LeftOut('rule-far');
      this.spend(steps);
    };
  }
}
