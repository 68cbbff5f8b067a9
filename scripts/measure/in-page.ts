// What runs inside every measured page before its own scripts: notes when tasks are first painted, and how long it
// takes from a person's input to the frame that shows its effect. Plain script: it is sent to the browser as text.

/** What the script below puts on `window`. */
export interface InPage {
  /**
   * Resolves after the frame in which the test became true.
   * @returns ms since the last key press or text input
   */
  sinceInput(test: () => boolean): Promise<number>;
  /**
   * Resolves as soon as the page has changed so that the test is true; a frame shows it later.
   * @returns ms since the last key press or text input
   */
  knownSinceInput(test: () => boolean): Promise<number>;
  /** Both of the above: as soon as it is so, and the frame that shows it. */
  bothSinceInput(test: () => boolean): Promise<{ known: number; shown: number }>;
  /**
   * Resolves after the frame in which the test became true.
   * @returns ms since 1970, to compare with another page of this machine
   */
  paintedAt(test: () => boolean): Promise<number>;
  /** When the last key press or text input was, ms since 1970. */
  inputAt(): number;
}

declare global {
  interface Window {
    measure: InPage;
  }
}

export const tasksReadableMark = 'measure:tasks-readable';

/** @param task selector of a task that is shown */
export function inPageScript(task: string): string {
  return `(() => {
    let input = 0;
    for (const type of ['keydown', 'beforeinput']) {
      addEventListener(type, (event) => { input = event.timeStamp; }, true);
    }
    const painted = () => new Promise((done) => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done(performance.now());
      channel.port2.postMessage(null);
    }));
    const whenKnown = (test) => new Promise((done) => {
      const observer = new MutationObserver(() => {
        if (!test()) return;
        observer.disconnect();
        done(performance.now());
      });
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    const whenTrue = (test) => whenKnown(test).then(painted);
    whenTrue(() => document.querySelector(${JSON.stringify(task)})).then((startTime) => {
      performance.mark(${JSON.stringify(tasksReadableMark)}, { startTime });
    });
    window.measure = {
      sinceInput: (test) => whenTrue(test).then((at) => at - input),
      knownSinceInput: (test) => whenKnown(test).then((at) => at - input),
      bothSinceInput: (test) =>
        whenKnown(test).then(async (at) => ({ known: at - input, shown: (await painted()) - input })),
      paintedAt: (test) => whenTrue(test).then((at) => at + performance.timeOrigin),
      inputAt: () => input + performance.timeOrigin,
    };
  })()`;
}
