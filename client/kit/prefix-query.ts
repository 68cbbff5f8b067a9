// What a person types, as a search of Postgres.

/**
 * What a person typed, as a tsquery of the "simple" configuration: all words, each as a prefix.
 * @returns null if there is no word in it.
 */
export function prefixQuery(text: string): string | null {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu);
  return words
    ? words
        .slice(0, 12)
        .map((word) => `${word}:*`)
        .join(' & ')
    : null;
}
