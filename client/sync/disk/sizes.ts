// The disk's own sizes: one choice for all devices. Tests take smaller ones, to come to each limit often.

export interface Sizes {
  /** Bytes in an area of the journal that only changes of the log's files may use. An area has four times as many and more. */
  readonly reserve: number;
  /** Blocks held in memory at most until they are written. */
  readonly mostHeld: number;
  /** Blocks by which the file grows. */
  readonly growth: number;
  /** Free blocks at the file's end from which on they are given back; as many as the file grows by are kept. */
  readonly givenBackFrom: number;
  /** Free blocks that only files of the log may take: so a full disk first is an error of one statement. */
  readonly keptForLog: number;
  /** Free blocks that only a Postgres that starts may take: so one that stopped for lack of room in its log starts again. */
  readonly keptForStart: number;
}

/** 64 KiB; 4 MiB; 4 MiB; 16 MiB; 4 MiB and of these 2 MiB: two files of the log. */
export const usual: Sizes = {
  reserve: 64 * 1024,
  mostHeld: 512,
  growth: 512,
  givenBackFrom: 2048,
  keptForLog: 512,
  keptForStart: 256,
};
