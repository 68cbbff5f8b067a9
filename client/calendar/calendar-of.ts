// What has a calendar: a resource, as far as calendars need it.

export interface CalendarOf {
  readonly id: string;
  readonly name: string;
  readonly time_zone: string;
}
