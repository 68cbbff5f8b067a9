// The colours that a person chooses from, for labels and whatever else has one. CSS colours; the first is a grey.

export const swatches = [
  '#6b7280',
  '#dc2626',
  '#ea580c',
  '#ca8a04',
  '#16a34a',
  '#0d9488',
  '#2563eb',
  '#7c3aed',
  '#db2777',
] as const;
