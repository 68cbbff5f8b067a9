// What the disk says when something cannot be done, in the numbers that PGlite hands on to Postgres.

/** Error numbers as WebAssembly has them. */
const numbers = {
  EBADF: 8,
  EEXIST: 20,
  EINVAL: 28,
  EIO: 29,
  EISDIR: 31,
  ENOENT: 44,
  ENOSPC: 51,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
} as const;

export type ErrorName = keyof typeof numbers;

/** A refused file operation; nothing was changed by it. */
export class DiskError extends Error {
  readonly code: number;

  constructor(
    readonly errorName: ErrorName,
    options?: ErrorOptions,
  ) {
    super(errorName === 'ENOSPC' ? 'no space left' : errorName, options);
    this.code = numbers[errorName];
    // By this name a full device is known (isFull in ../database.ts), also where the error does not come by way of Postgres.
    this.name = errorName === 'ENOSPC' ? 'QuotaExceededError' : 'DiskError';
  }
}

/** The file holds no disk: it is empty, or a first filling did not end. It can be filled anew. */
export class NoDisk extends Error {
  override readonly name = 'NoDisk';
}

/** The file holds a disk that cannot be read. It is left as it is. */
export class DamagedDisk extends Error {
  override readonly name = 'DamagedDisk';
}
