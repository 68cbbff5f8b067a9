// What other features use of pages: the way to one, and what search finds.
export { useGoToPage } from './links';
export { searchedPages } from './searched';
