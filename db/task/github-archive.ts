// The archive of a GitHub repository's issues as JSON: its shape, and reading it from a text.
// Keys that Outpost does not use may be there and are not looked at.
import { z } from 'zod';
import { jsonErrorPlace } from '../kit/json-place';

/** Years 1 to 9999: what Postgres and a Date both hold. Milliseconds since 1970. */
const earliest = -62_135_596_800_000;
const latest = 253_402_300_799_999;

const time = z.iso
  .datetime({ offset: true })
  .refine((t) => Date.parse(t) >= earliest && Date.parse(t) <= latest, 'a time between the years 1 and 9999')
  .transform((t) => new Date(t).toISOString());
const text = z
  .string()
  .nullish()
  .transform((t) => t ?? '');

const comment = z.object({ author: text, body: text, createdAt: time });

const issue = z.object({
  number: z.int(),
  id: z.string().min(1),
  title: z.string(),
  url: text,
  state: z.enum(['OPEN', 'CLOSED']),
  stateReason: text,
  author: text,
  assignees: z.array(z.string()).default([]),
  labels: z.array(z.string()).default([]),
  body: text,
  createdAt: time,
  comments: z.array(comment).default([]),
});

const archive = z.object({
  /** owner/name */
  repo: z.string().min(1),
  labels: z.array(z.object({ name: z.string(), color: text })).default([]),
  issues: z.array(issue),
  pulls: z.array(z.unknown()).default([]),
});

export type GithubArchive = z.infer<typeof archive>;
export type GithubIssue = z.infer<typeof issue>;

/** The only error that an import throws because of the file. `message` is a sentence for a person. */
export class GithubImportError extends Error {
  override readonly name = 'GithubImportError';
  /**
   * @param kind not-json: `place` is 'line 3, column 14'; wrong-shape: it is a path, 'issues[12].comments[3].body',
   *   or 'the file' when the whole is of another shape.
   */
  constructor(
    readonly kind: 'not-json' | 'wrong-shape',
    readonly place: string,
    reason: string,
  ) {
    super(`This file cannot be imported: ${place}: ${reason}.`);
  }
}

/**
 * Reads an archive. Either all of it has the right shape, or none of it is used.
 * @throws GithubImportError
 */
export function parseGithubArchive(file: string): GithubArchive {
  const content = file.replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    const place = jsonErrorPlace(content);
    throw new GithubImportError(
      'not-json',
      place ? `line ${place.line}, column ${place.column}` : 'the file',
      `expected ${place?.expected ?? 'JSON'}`,
    );
  }
  const result = archive.safeParse(value);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  const more = result.error.issues.length - 1;
  throw new GithubImportError(
    'wrong-shape',
    pathText(first?.path ?? []),
    lowerFirst(first?.message.replace(/^Invalid input: /, '') ?? 'is of another shape') +
      (more > 0 ? `, and ${more} more places are wrong` : ''),
  );
}

/** @returns a path as it is written in JavaScript: issues[12].comments[3].body */
function pathText(path: readonly PropertyKey[]): string {
  const parts = path.map((p) => (typeof p === 'number' ? `[${p}]` : `.${String(p)}`));
  return parts.join('').replace(/^\./, '') || 'the file';
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
