// What browsers of the last years may lack and the core uses: light mode is for old devices, too. Imported first.

type Signals = Partial<Pick<typeof AbortSignal, 'any' | 'timeout'>>;

const signals = AbortSignal as unknown as Signals;

signals.any ??= (all) => {
  const one = new AbortController();
  for (const signal of all) {
    if (signal.aborted) one.abort(signal.reason);
    else signal.addEventListener('abort', () => one.abort(signal.reason), { once: true });
  }
  return one.signal;
};

signals.timeout ??= (ms) => {
  const one = new AbortController();
  setTimeout(() => one.abort(new DOMException('It took too long.', 'TimeoutError')), ms);
  return one.signal;
};
