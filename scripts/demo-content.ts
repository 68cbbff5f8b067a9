// What the demonstration workspace holds: the work of a field station in autumn.

type Who = 'ada' | 'ben';

export interface DemoTask {
  readonly title: string;
  readonly description?: string;
  readonly status: 'backlog' | 'todo' | 'doing' | 'review' | 'done' | 'cancelled';
  /** 0 none, 1 urgent, 2 high, 3 medium, 4 low: as client/task/facts.ts has it. */
  readonly priority?: 0 | 1 | 2 | 3 | 4;
  readonly by: Who;
  readonly for?: Who;
  /** Days from today. */
  readonly due?: number;
  /** Days ago. */
  readonly age: number;
  readonly labels?: readonly string[];
  readonly comments?: readonly { readonly by: Who; readonly body: string }[];
}

export const labels = [
  { name: 'Power', color: '#d97706' },
  { name: 'Sensors', color: '#2563eb' },
  { name: 'Safety', color: '#dc2626' },
  { name: 'Supplies', color: '#16a34a' },
  { name: 'Data', color: '#7c3aed' },
] as const;

const station: readonly DemoTask[] = [
  {
    title: 'Replace the fuel filter of generator 2',
    description:
      'It hunts under load since the storm. A filter and two gaskets are in the blue crate under the bench.\n\nRun it for an hour afterwards and note the voltage.',
    status: 'doing',
    priority: 2,
    by: 'ada',
    for: 'ben',
    due: 1,
    age: 6,
    labels: ['Power'],
    comments: [
      { by: 'ben', body: 'Filter is in. One gasket was torn, I used the spare from generator 1.' },
      { by: 'ada', body: 'Then let us order three with the next flight.' },
    ],
  },
  {
    title: 'Check the guy wires of the north mast',
    description: 'Tension each one and look for rust at the lower shackles.',
    status: 'todo',
    priority: 1,
    by: 'ada',
    for: 'ben',
    due: 0,
    age: 3,
    labels: ['Safety'],
    comments: [{ by: 'ada', body: 'Not alone and not above 12 m/s wind, please.' }],
  },
  {
    title: 'Inventory of the cold store before winter',
    status: 'todo',
    priority: 3,
    by: 'ben',
    for: 'ada',
    due: 5,
    age: 8,
    labels: ['Supplies'],
  },
  {
    title: 'Seal the draught at the lab window',
    status: 'backlog',
    priority: 4,
    by: 'ben',
    age: 20,
  },
  {
    title: 'Service both snowmobiles',
    description: 'Belts, plugs, oil. Log the hours on the sheet in the hangar.',
    status: 'doing',
    priority: 3,
    by: 'ada',
    for: 'ada',
    due: 9,
    age: 12,
  },
  {
    title: 'Refill the first-aid cabinets',
    description: 'Eye wash in the workshop has run out; plasters everywhere.',
    status: 'review',
    priority: 2,
    by: 'ben',
    for: 'ada',
    due: -1,
    age: 9,
    labels: ['Safety', 'Supplies'],
    comments: [{ by: 'ada', body: 'Workshop and kitchen done. The hangar still needs burn gel.' }],
  },
  {
    title: 'Clean the solar panels on the east roof',
    status: 'done',
    priority: 4,
    by: 'ada',
    for: 'ben',
    age: 15,
    labels: ['Power'],
    comments: [{ by: 'ben', body: 'Output at noon went from 2.1 to 2.9 kW.' }],
  },
  {
    title: 'Test the satellite phone, both batteries',
    status: 'done',
    priority: 2,
    by: 'ada',
    for: 'ada',
    age: 10,
    labels: ['Safety'],
  },
  {
    title: 'Order list for the October flight',
    description: 'Fuel filters (3), gaskets, coffee, printer paper, AA batteries (80), burn gel.',
    status: 'doing',
    priority: 2,
    by: 'ben',
    for: 'ben',
    due: 3,
    age: 7,
    labels: ['Supplies'],
    comments: [
      { by: 'ada', body: 'Please add a bag of salt for the path.' },
      { by: 'ben', body: 'Added, 25 kg.' },
    ],
  },
  {
    title: 'Insulate the water pipe to the sauna',
    status: 'backlog',
    priority: 3,
    by: 'ada',
    age: 25,
    due: 21,
  },
  {
    title: 'Fire drill with the new crew',
    status: 'todo',
    priority: 2,
    by: 'ada',
    for: 'ada',
    due: 12,
    age: 2,
    labels: ['Safety'],
  },
  {
    title: 'Repair the antenna rotor',
    status: 'cancelled',
    priority: 4,
    by: 'ben',
    age: 40,
    comments: [{ by: 'ben', body: 'The new antenna has no rotor. Closing this.' }],
  },
];

const transect: readonly DemoTask[] = [
  {
    title: 'Swap the logger batteries at sites 4 to 9',
    description:
      'Two AA each. Wake the logger with the magnet and wait for the green light before you leave.',
    status: 'doing',
    priority: 2,
    by: 'ada',
    for: 'ben',
    due: 2,
    age: 4,
    labels: ['Sensors', 'Power'],
    comments: [{ by: 'ben', body: 'Sites 4, 5 and 6 done. No signal out there, so this arrives late.' }],
  },
  {
    title: 'Soil moisture at site 7 reads 104 %',
    description: 'Either the probe is flooded or the calibration is of another probe.',
    status: 'todo',
    priority: 1,
    by: 'ben',
    for: 'ben',
    due: 2,
    age: 5,
    labels: ['Sensors', 'Data'],
    comments: [
      { by: 'ada', body: 'Serial number on the probe, please. Ours end in 31 to 38.' },
      { by: 'ben', body: '…29. So it is the old one with the new calibration.' },
    ],
  },
  {
    title: 'Mark the plot corners before the first snow',
    status: 'todo',
    priority: 2,
    by: 'ada',
    for: 'ada',
    due: 6,
    age: 11,
  },
  {
    title: 'Copy the camera trap cards',
    description: 'Cards A to F, then format them in the camera and not in the laptop.',
    status: 'review',
    priority: 3,
    by: 'ada',
    for: 'ben',
    age: 6,
    labels: ['Data'],
  },
  {
    title: 'Lichen survey, second observer for plots 11 to 20',
    status: 'backlog',
    priority: 3,
    by: 'ada',
    age: 18,
  },
  {
    title: 'Check the rain gauge against the reference',
    status: 'done',
    priority: 3,
    by: 'ben',
    for: 'ben',
    age: 14,
    labels: ['Sensors'],
    comments: [{ by: 'ben', body: 'Within 2 % over 40 mm.' }],
  },
  {
    title: 'Write the methods page for the September campaign',
    status: 'doing',
    priority: 3,
    by: 'ada',
    for: 'ada',
    due: 8,
    age: 9,
    labels: ['Data'],
  },
  {
    title: 'Fox at the bait station: move the camera lower',
    status: 'done',
    priority: 4,
    by: 'ben',
    for: 'ada',
    age: 13,
  },
  {
    title: 'Agree on names for the new sites',
    status: 'todo',
    priority: 4,
    by: 'ben',
    age: 3,
    comments: [{ by: 'ben', body: 'N1 to N4 would be enough for me.' }],
  },
  {
    title: 'Water samples: freeze the duplicates',
    status: 'done',
    priority: 2,
    by: 'ada',
    for: 'ben',
    age: 16,
    labels: ['Supplies'],
  },
  {
    title: 'Snow stakes for sites 1 to 3',
    status: 'backlog',
    priority: 3,
    by: 'ben',
    due: 14,
    age: 12,
  },
  {
    title: 'Send the August data to the archive',
    description: 'With the corrected time zone of logger 12.',
    status: 'todo',
    priority: 2,
    by: 'ada',
    for: 'ada',
    due: 4,
    age: 10,
    labels: ['Data'],
    comments: [{ by: 'ada', body: 'Waiting for site 7, see the other task.' }],
  },
  {
    title: 'Spare cable for the weather station',
    status: 'todo',
    priority: 4,
    by: 'ben',
    for: 'ben',
    age: 1,
    labels: ['Sensors', 'Supplies'],
  },
];

export const projects = [
  { key: 'STN', name: 'Station upkeep', tasks: station },
  { key: 'TRN', name: 'Tundra transect', tasks: transect },
] as const;
