// What other features use of pages: the way to one.
export { useGoToPage } from './links';
