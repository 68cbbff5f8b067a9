// Electric's own clients, set up for a target of the contract suite.
import {
  type Row,
  Shape,
  ShapeStream,
  type ShapeStreamInterface,
  type ShapeStreamOptions,
} from '@electric-sql/client';
import type { Target } from './target';

export type ClientOptions = Omit<ShapeStreamOptions, 'url'>;

/** A stream that ends with the signal; retries come fast. */
export function streamOf(target: Target, signal: AbortSignal, options: ClientOptions): ShapeStream {
  return new ShapeStream({
    url: target.url,
    fetchClient: target.fetch,
    signal,
    backoffOptions: { initialDelay: 20, maxDelay: 200, multiplier: 1.5 },
    ...options,
  });
}

/** The class's optional members are declared less strictly than the interface's. */
export function asInterface(stream: ShapeStream): ShapeStreamInterface<Row> {
  return stream as unknown as ShapeStreamInterface<Row>;
}

/** The client's own materialisation of a stream. */
export function shapeOf(stream: ShapeStream): Shape<Row> {
  return new Shape<Row>(asInterface(stream));
}

/** Rows in the order of their ids, to compare with a query. */
export function byId<T extends object>(rows: Iterable<T>): T[] {
  const id = (row: T) => Number((row as { id?: unknown }).id);
  return [...rows].sort((a, b) => id(a) - id(b));
}
