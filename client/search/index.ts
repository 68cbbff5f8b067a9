// What others use of search: the hits.
export { searchHits } from './queries';
