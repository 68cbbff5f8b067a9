// What the routes of every room are given; a room adds what is its own.
import type { Pool } from 'pg';
import type { Person } from './sessions';

export interface ApiDeps {
  /** For what changes something. */
  readonly pool: Pool;
  /** For sessions, shapes and everything else that only reads: no write takes one of these connections. */
  readonly reads: Pool;
  /**
   * Whose session the request carries.
   * @throws ApiFailure 'signed-out'
   */
  person(request: Request): Promise<Person>;
  /** One line for the operator. */
  log(line: string): void;
}
