// Which shapes a changed row of one relation may concern: those of the table, and of every table that it is a part of.
// Shapes that demand a value in some column are found by that value, so that the others cost nothing; the rest are asked
// one by one.
import { ChangeCodec, columnPlaces } from './change-json';
import type { Part } from './parts';
import type { Relation, Value } from './pgoutput';
import { bindCondition } from './predicate';
import type { Binding, Shape } from './shape';

export class RelationRoutes {
  readonly shapes = new Set<Shape>();
  private readonly bindings = new Map<Shape, Binding>();
  /** By place of the column in the stream's rows, then by value. */
  private readonly byValue = new Map<number, Map<string, Set<Shape>>>();
  private readonly always = new Set<Shape>();
  /** Shapes whose table has another form than the rows described last: the next description is to tell. */
  private readonly unbound = new Set<Shape>();
  /** By table, columns and replica mode. */
  private readonly codecs = new Map<string, ChangeCodec>();

  /**
   * @param oid of the relation that the rows lie in
   * @param relation the form of the stream's rows, when it is known already
   */
  constructor(
    private readonly oid: number,
    private relation: Relation | undefined,
  ) {}

  /** @returns shapes that cannot read rows of this form: their table has changed */
  setRelation(relation: Relation): Shape[] {
    this.relation = relation;
    this.byValue.clear();
    this.always.clear();
    this.unbound.clear();
    this.codecs.clear();
    this.bindings.clear();
    return [...this.shapes].filter((shape) => !this.bind(shape, relation));
  }

  /**
   * The rows described last may be older than the shape's table: then its snapshot has them, and a description comes
   * before the next row.
   */
  add(shape: Shape): void {
    this.shapes.add(shape);
    if (this.relation && !this.bind(shape, this.relation)) this.unbound.add(shape);
  }

  remove(shape: Shape): void {
    this.shapes.delete(shape);
    this.bindings.delete(shape);
    this.always.delete(shape);
    this.unbound.delete(shape);
    for (const [place, shapes] of this.byValue) {
      for (const [value, group] of shapes) {
        if (group.delete(shape) && group.size === 0) shapes.delete(value);
      }
      if (shapes.size === 0) this.byValue.delete(place);
    }
  }

  /**
   * Calls `visit` once for each shape that the old or the new row may belong to; without a binding when the shape
   * cannot read it.
   */
  forEach(
    old: readonly Value[] | undefined,
    row: readonly Value[] | undefined,
    visit: (shape: Shape, binding: Binding | undefined) => void,
  ) {
    const each = (shape: Shape) => visit(shape, this.bindings.get(shape));
    for (const shape of [...this.unbound]) each(shape);
    for (const shape of this.always) each(shape);
    for (const [place, shapes] of this.byValue) {
      const before = old?.[place];
      const after = row?.[place];
      if (typeof after === 'string') for (const shape of shapes.get(after) ?? []) each(shape);
      if (typeof before === 'string' && before !== after) {
        for (const shape of shapes.get(before) ?? []) each(shape);
      }
    }
  }

  private bind(shape: Shape, relation: Relation): boolean {
    const { table, columns, predicate, replica } = shape.definition;
    const part = table.parts.find((each) => each.oid === this.oid);
    if (!part || !sameColumns(relation, shape, part)) return false;
    const places = columnPlaces(relation);
    const { oid, schema, name, keyColumns } = table;
    this.bindings.set(shape, {
      codec: getOrMake(
        this.codecs,
        JSON.stringify([oid, schema, name, keyColumns, columns, replica]),
        () => new ChangeCodec(table, columns, replica, relation),
      ),
      test: predicate ? bindCondition(predicate.condition, places) : null,
      places,
    });
    const equality = predicate?.equality;
    if (!equality) this.always.add(shape);
    else {
      const place = places.get(equality.column)!;
      const shapes = getOrMake(this.byValue, place, () => new Map<string, Set<Shape>>());
      getOrMake(shapes, equality.value, () => new Set<Shape>()).add(shape);
    }
    return true;
  }
}

/** Whether the stream describes the part of the table as the shape's definition does; a child may have more columns. */
function sameColumns(relation: Relation, shape: Shape, part: Part): boolean {
  const { table } = shape.definition;
  const sent = new Map(relation.columns.map((column) => [column.name, column]));
  const expected = table.columns.filter((column) => column.replicated || sent.has(column.name));
  return (
    relation.schema === part.schema &&
    relation.name === part.name &&
    (part.kind === 'child' || expected.length === relation.columns.length) &&
    expected.every((column) => {
      const other = sent.get(column.name);
      return other?.typeOid === column.typeOid && other.typeModifier === column.typeModifier;
    })
  );
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
