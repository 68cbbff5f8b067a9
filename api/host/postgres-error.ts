// What can be wrong with the embedded Postgres, as kinds and as sentences.
// The launcher throws nothing else on purpose.

export type PostgresErrorKind =
  | 'no-binary' // no package for this platform is installed
  | 'other-version' // the folder was made by another major version
  | 'no-permission' // a folder cannot be written or reached
  | 'port-in-use'
  | 'folder-in-use' // another living process holds the folder
  | 'failed'; // Postgres ended; its log says why

/** `message` is one sentence that a person can act on. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';
  constructor(
    readonly kind: PostgresErrorKind,
    sentence: string,
  ) {
    super(sentence);
  }
}
