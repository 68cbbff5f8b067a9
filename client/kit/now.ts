// The time, for texts like "2 minutes ago" that must not stand still.
import { useEffect, useState } from 'react';

/** @param every how often it moves on, ms. @returns ms since 1970 */
export function useNow(every: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
