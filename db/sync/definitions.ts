// What the machinery in migrations/ is told of the tables: how each is synced, who may do what, which rules flag.
// The names are those of the columns of sync.access and sync.rule.

import { type SyncedTable, tableNames, tables } from '../tables';
import { violationRules } from '../violation-rules';
import { access, signedChanges } from './access';

const stamped = ['id', 'created_at', 'updated_at', 'version'];

const synced = tableNames.map((name) => ({ name, definition: tables[name] as SyncedTable }));

/** Given to migrate() on both sides; the machinery is made anew when it changes. */
export const definitions = {
  tables: synced.map(({ name, definition }) => ({
    name,
    scope: definition.scope,
    writable: definition.insertable.length > 0 || definition.updatable.length > 0,
    grave: definition.grave,
    // Columns that the server alone sets: an insert does not send them.
    unsent: definition.columns.filter(
      (column) => !definition.insertable.includes(column) && !stamped.includes(column),
    ),
  })),
  access: synced.map(({ name, definition }) => {
    const rule = access[name];
    return {
      table: name,
      may_insert: rule.insert,
      may_update: rule.update,
      may_delete: rule.delete,
      owner: rule.owner ?? null,
      hidden: rule.hidden ?? null,
      imported: rule.imported ?? null,
      signs: signedChanges[name] ?? null,
      insertable: definition.insertable,
      updatable: definition.updatable,
      silent: definition.silent,
      signed: rule.signed,
      first: rule.first,
    };
  }),
  rules: Object.entries(violationRules).flatMap(([constraint, rule]) => {
    if (rule.stored === 'refused') return [];
    const { stored: _stored, sentence: _sentence, field: _field, resolutions: _resolutions, ...told } = rule;
    return [{ constraint_name: constraint, ...told }];
  }),
} as const;
