// Words of a task, for libraries that leave it to the app to index them.

/** @returns each word of title and description once, in small letters */
export const wordsOf = (task: { title: string; description: string }): string[] => [
  ...new Set(`${task.title} ${task.description}`.toLowerCase().match(/[a-z0-9]+/g) ?? []),
];
