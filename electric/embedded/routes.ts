// Which shapes of one table a changed row may concern. Shapes that demand a value in some column are found by
// that value, so that the others cost nothing; the rest are asked one by one.
import { ChangeCodec, columnPlaces } from './change-json';
import type { Relation, Value } from './pgoutput';
import { bindCondition } from './predicate';
import type { Binding, Shape } from './shape';

export class TableRoutes {
  readonly shapes = new Set<Shape>();
  /** By place of the column in the stream's rows, then by value. */
  private readonly byValue = new Map<number, Map<string, Set<Shape>>>();
  private readonly always = new Set<Shape>();
  /** By columns and replica mode. */
  private readonly codecs = new Map<string, ChangeCodec>();

  /** @param relation the form of the stream's rows, when it is known already */
  constructor(private relation: Relation | undefined) {}

  /** @returns shapes that cannot read rows of this form: their table has changed */
  setRelation(relation: Relation): Shape[] {
    this.relation = relation;
    this.byValue.clear();
    this.always.clear();
    this.codecs.clear();
    return [...this.shapes].filter((shape) => !this.bind(shape, relation));
  }

  /** @returns false when the shape cannot read the rows that the stream sends */
  add(shape: Shape): boolean {
    this.shapes.add(shape);
    return !this.relation || this.bind(shape, this.relation);
  }

  remove(shape: Shape): void {
    this.shapes.delete(shape);
    this.always.delete(shape);
    for (const [place, shapes] of this.byValue) {
      for (const [value, group] of shapes) {
        if (group.delete(shape) && group.size === 0) shapes.delete(value);
      }
      if (shapes.size === 0) this.byValue.delete(place);
    }
  }

  /** Calls `visit` once for each shape that the old or the new row may belong to. */
  forEach(
    old: readonly Value[] | undefined,
    row: readonly Value[] | undefined,
    visit: (shape: Shape) => void,
  ) {
    for (const shape of this.always) visit(shape);
    for (const [place, shapes] of this.byValue) {
      const before = old?.[place];
      const after = row?.[place];
      if (typeof after === 'string') for (const shape of shapes.get(after) ?? []) visit(shape);
      if (typeof before === 'string' && before !== after) {
        for (const shape of shapes.get(before) ?? []) visit(shape);
      }
    }
  }

  private bind(shape: Shape, relation: Relation): boolean {
    const { table, columns, predicate, replica } = shape.definition;
    if (!sameColumns(relation, shape)) return false;
    const places = columnPlaces(relation);
    const binding: Binding = {
      codec: getOrMake(
        this.codecs,
        JSON.stringify([columns, replica]),
        () => new ChangeCodec(table, columns, replica, relation),
      ),
      test: predicate ? bindCondition(predicate.condition, places) : null,
      places,
    };
    shape.binding = binding;
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

/** Whether the stream describes the table as the shape's definition does. */
function sameColumns(relation: Relation, shape: Shape): boolean {
  const { table } = shape.definition;
  const sent = new Map(relation.columns.map((column) => [column.name, column]));
  const expected = table.columns.filter((column) => column.replicated || sent.has(column.name));
  return (
    relation.schema === table.schema &&
    relation.name === table.name &&
    expected.length === relation.columns.length &&
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
