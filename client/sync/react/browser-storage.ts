// What this browser grants the app for its data, and whether it promises to keep it.

export interface BrowserStorage {
  /** Bytes of everything that the app keeps in this browser, as the browser estimates it; null: it does not say. */
  readonly used: number | null;
  /** Bytes that it may keep. */
  readonly granted: number | null;
  /** Whether the browser removes it only when a person says so; null: it does not say. */
  readonly isKept: boolean | null;
}

export async function browserStorage(): Promise<BrowserStorage> {
  // Not there in a page that is no secure context.
  const storage = navigator.storage as StorageManager | undefined;
  const [estimate, isKept] = await Promise.all([
    storage?.estimate?.().catch(() => null),
    storage?.persisted?.().catch(() => null),
  ]);
  return { used: estimate?.usage ?? null, granted: estimate?.quota ?? null, isKept: isKept ?? null };
}

/**
 * Asks the browser to keep the data also when space runs short; some browsers ask the person.
 * @returns whether it does; null: it cannot be asked
 */
export async function askToKeep(): Promise<boolean | null> {
  const storage = navigator.storage as StorageManager | undefined;
  return (await storage?.persist?.().catch(() => null)) ?? null;
}
