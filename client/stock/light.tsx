// Stock in light mode: how much of each item there is, and where, to read.
import { clockTime, type LightFeature, LightPage } from '../kit/light';
import { AsOf } from '../sync/light/as-of';
import { useLightView } from '../sync/light/react';

export const stockLight: LightFeature = { name: 'stock', title: 'Stock', Page: Stock };

function Stock() {
  const view = useLightView('stock');
  const places = new Map(view.rows('places').map(({ id, name }) => [id, String(name)]));
  const levels = view.rows('levels');
  const items = view.rows('items').filter(({ archived }) => archived !== true);
  return (
    <LightPage title="Stock">
      <AsOf view={view} time={clockTime} />
      <ul aria-label="Stock" className="flex flex-col gap-1">
        {items.map((item) => {
          const those = levels.filter(({ item_id, quantity }) => item_id === item.id && Number(quantity) > 0);
          const total = those.reduce((sum, { quantity }) => sum + Number(quantity), 0);
          return (
            <li key={String(item.id)} className="rounded-md bg-surface px-3 py-2 shadow-card">
              <p className="wrap-anywhere">
                {String(item.name)}: {total} {String(item.unit)}
              </p>
              <p className="text-xs text-ink-2">
                {those
                  .map(({ place_id, quantity }) => `${places.get(place_id) ?? 'Unknown place'} ${quantity}`)
                  .join(', ') || 'Nowhere'}
              </p>
            </li>
          );
        })}
      </ul>
      {view.kept && items.length === 0 ? <p className="text-ink-2">There are no items yet.</p> : null}
    </LightPage>
  );
}
