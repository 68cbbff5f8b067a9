// What can go wrong while answering a shape request, as a closed set of kinds.

export type ShapeErrorKind =
  | 'invalid' // the request asks for something that cannot be: 400 with the field's name
  | 'refused' // the database does not permit it: 400 on the table
  | 'unavailable' // the database is away or busy: 503, try again
  | 'refetch'; // the shape is gone: 409, start over

/** Messages that belong to one request parameter, in Electric's shape: `{ where: ['…'] }`. */
export type FieldErrors = Record<string, string[] | Record<string, string[]>>;

export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  constructor(
    readonly kind: ShapeErrorKind,
    sentence: string,
    readonly fields?: FieldErrors,
  ) {
    super(sentence);
  }
}

/** A 400 for one parameter. */
export function invalid(field: string, sentence: string): ShapeError {
  return new ShapeError('invalid', sentence, { [field]: [sentence] });
}
