// What may stand behind the question mark of an address: a page says which words it knows and how each is read. What
// cannot be read is taken as missing, and other words are dropped. It is in the first scripts of the app, hence no zod.

/** @param value as the router read it: text, a number, true, a list */
type Reader<T> = (value: unknown) => T | undefined;

export const text: Reader<string> = (value) => (typeof value === 'string' ? value : undefined);
export const flag: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);
export const texts: Reader<string[]> = (value) =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;

export const oneOf =
  <const T extends string>(...values: readonly T[]): Reader<T> =>
  (value) =>
    values.find((one) => one === value);

export const textLike =
  (pattern: RegExp): Reader<string> =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? value : undefined;

/** For a route's `validateSearch`. @param words how each word of the address is read */
export function address<R extends Record<string, Reader<unknown>>>(words: R) {
  return (search: Record<string, unknown>): { [K in keyof R]?: ReturnType<R[K]> } => {
    const read = Object.entries(words).map(([name, reader]) => [name, reader(search[name])] as const);
    return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as {
      [K in keyof R]?: ReturnType<R[K]>;
    };
  };
}
