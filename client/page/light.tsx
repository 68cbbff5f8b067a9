// Pages in light mode: their titles as a tree, and the words of one, to read.
import type { LightRow } from '../../db/sync/light';
import { clockTime, type LightFeature, LightPage, PlainLink } from '../kit/light';
import { AsOf } from '../sync/light/as-of';
import { useLightView } from '../sync/light/react';

export const pageLight: LightFeature = {
  name: 'pages',
  title: 'Pages',
  Page: ({ path: [id] }) => (id ? <OnePage key={id} id={id} /> : <Pages />),
};

const nameOf = (page: LightRow) => String(page.title).trim() || 'Untitled';

function Pages() {
  const view = useLightView('pages');
  const pages = view.rows('pages');
  const known = new Set(pages.map(({ id }) => id));
  // Below a page that is not shown: at the top.
  const under = (parent: unknown) =>
    pages.filter(({ parent_id }) => (known.has(parent_id!) ? parent_id : null) === parent);
  return (
    <LightPage title="Pages">
      <AsOf view={view} time={clockTime} />
      <Tree pages={under(null)} under={under} depth={0} />
      {view.kept && pages.length === 0 ? <p className="text-ink-2">There are no pages yet.</p> : null}
    </LightPage>
  );
}

/** Deeper than this nothing is shown: two devices can have put two pages into each other. */
const deepest = 40;

function Tree(props: { pages: LightRow[]; under: (parent: unknown) => LightRow[]; depth: number }) {
  if (props.pages.length === 0 || props.depth > deepest) return null;
  return (
    <ul className={props.depth === 0 ? 'flex flex-col' : 'ml-4'}>
      {props.pages.map((page) => (
        <li key={String(page.id)}>
          <PlainLink to={`#/pages/${page.id}`}>
            <span className="inline-flex min-h-9 items-center wrap-anywhere">
              {page.icon ? `${page.icon} ` : ''}
              {nameOf(page)}
            </span>
          </PlainLink>
          <Tree pages={props.under(page.id)} under={props.under} depth={props.depth + 1} />
        </li>
      ))}
    </ul>
  );
}

function OnePage({ id }: { id: string }) {
  const view = useLightView('page', { page: id });
  const [page] = view.rows('pages');
  const [words] = view.rows('words');
  return (
    <LightPage title={page ? nameOf(page) : 'Page'} back={{ to: '#/pages', name: 'Pages' }}>
      <AsOf view={view} time={clockTime} />
      {view.kept ? (
        <>
          <p className="text-sm text-ink-2">
            The words only: light mode does not show headings, tables or images, and does not edit pages.
          </p>
          <p className="whitespace-pre-wrap wrap-anywhere text-base">
            {words?.body ? String(words.body) : 'Nothing is written here.'}
          </p>
        </>
      ) : null}
    </LightPage>
  );
}
