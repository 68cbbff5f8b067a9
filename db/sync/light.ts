// What light mode reads: GET /api/workspaces/:id/light/:view. A view is a few lists of rows, such as a screen shows them;
// its rows and columns are some of those that the person's shapes carry. Writes go by POST /api/write (wire.ts).
import { z } from 'zod';

/** A row as `to_jsonb` of the database writes it, so that what a write sets can be laid over it. */
export const lightRow = z.record(z.string(), z.json());

/** 200 of it. The header ETag names these contents: asked with If-None-Match, the answer is 304 when they are the same. */
export const lightAnswer = z.object({
  /** Rows by the name of the list, in the order to show them. */
  parts: z.record(z.string(), z.array(lightRow)),
  /** Names of the lists that have more rows than were sent. */
  cut: z.array(z.string()),
});

export type LightRow = z.infer<typeof lightRow>;
export type LightAnswer = z.infer<typeof lightAnswer>;
