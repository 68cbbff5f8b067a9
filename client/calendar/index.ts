// What other features use of calendar files and feeds: the dialog of one resource, and the export of all of them.
export { CalendarDialog } from './dialog';
export { ExportAll } from './export-all';
