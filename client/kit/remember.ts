// Small facts kept in this browser so that the first paint need not wait for the database: names of projects,
// the last place visited, drafts. Losing them loses nothing.

/** @returns the remembered value, or null; a value that cannot be read is forgotten. */
export function recall<T>(key: string): T | null {
  try {
    const raw = localStorage.getItem(`outpost.${key}`);
    return raw === null ? null : (JSON.parse(raw) as T);
  } catch {
    return null;
  }
}

export function remember(key: string, value: unknown): void {
  try {
    if (value === null || value === undefined) localStorage.removeItem(`outpost.${key}`);
    else localStorage.setItem(`outpost.${key}`, JSON.stringify(value));
  } catch {
    // Storage is full or closed to us: it is only a convenience.
  }
}

/** Removes everything remembered, also of other people: for "remove this device's data". */
export function forgetAll(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith('outpost.') && key !== 'outpost.theme') localStorage.removeItem(key);
  }
}
