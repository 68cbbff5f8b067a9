// What a feature gives light mode to read (docs/light-mode.md). A list names a table and columns of the schema; the core
// takes its rows from what the table's shape holds for the person, so no list can show what a shape would not send.
import type { Pool } from 'pg';
import type { Schema } from '../../db/sync/schema';
import { tableOf } from '../../db/sync/schema';

export interface LightPart {
  readonly table: string;
  /** Of those that the table's shape carries. */
  readonly columns: readonly string[];
  /** SQL over the columns of the shape; $3 is the view's first parameter, $4 the second. Absent: all rows. */
  readonly where?: string;
  /** SQL over the same columns. */
  readonly order: string;
  /** Rows; of more, the first ones are sent. */
  readonly limit: number;
}

export interface LightView {
  /** The last part of its address: lower-case letters. */
  readonly name: string;
  /** Names of the query's parameters and what each must look like. All of them must be given. */
  readonly params: readonly { readonly name: string; readonly shape: RegExp }[];
  readonly parts: Readonly<Record<string, LightPart>>;
  /**
   * Lists that are made of what no table carries as it is to be shown. It is called for members of the workspace only, and
   * may tell nothing that their shapes do not.
   */
  more?(db: Pool, asked: LightQuestion): Promise<Readonly<Record<string, readonly unknown[]>>>;
}

export interface LightQuestion {
  readonly workspaceId: string;
  readonly userId: string;
  /** In the order in which the view names them. */
  readonly params: readonly string[];
}

/**
 * The one statement that reads a view's lists, all of one moment: $1 is the workspace, $2 the person's account. Each list
 * has one row more than its limit where there are more.
 * @throws Error when a list names what its shape does not carry
 */
export function lightQuery(schema: Schema, view: LightView): string {
  const lists = Object.entries(view.parts).map(([name, part]) => {
    const table = tableOf(schema, part.table);
    const unknown = part.columns.filter((column) => !table?.columns.includes(column));
    if (!table || unknown.length > 0) {
      throw new Error(`the light view ${view.name} names ${part.table} ${unknown.join(', ')}`);
    }
    const shape = `select ${named(table.columns)} from "${part.table}"
      where "${table.scope}" = $1 and (${table.visible ?? '$2::text is not null'})`;
    return `(select coalesce(jsonb_agg(to_jsonb(p)), '[]') from (
        select ${named(part.columns)} from (${shape}) s where ${part.where ?? 'true'}
        order by ${part.order} limit ${part.limit + 1}) p) as "${name}"`;
  });
  // A parameter that no list uses has no type otherwise.
  const given = view.params.map((_, i) => `$${i + 3}::text is not null`).join(' and ');
  return `select ${lists.join(', ')} where $2::text is not null${given && ` and ${given}`}`;
}

const named = (columns: readonly string[]) => columns.map((column) => `"${column}"`).join(', ');
