// Which passwords are refused although they are long enough: the most used ones, and one's own name or address.
import { dictionary } from '@zxcvbn-ts/language-common';

export const passwordLength = { least: 8, most: 128 } as const;

/** Read at the first question, since the list is long. */
let mostUsed: ReadonlySet<string> | null = null;

/**
 * @param of whose it is to be
 * @returns why it is refused; null when it is not
 */
export function passwordProblem(
  password: string,
  of: { readonly email: string; readonly name: string },
): 'common' | 'personal' | null {
  mostUsed ??= new Set(dictionary['passwords-common'].filter((p) => p.length >= passwordLength.least));
  const written = password.trim().toLowerCase();
  const email = of.email.toLowerCase();
  const own = [email, email.split('@')[0]!, of.name].map(bare);
  if (bare(written) !== '' && own.includes(bare(written))) return 'personal';
  if (mostUsed.has(written) || new Set(written).size < 3) return 'common';
  return null;
}

/** Letters and digits only: spaces and dots make nobody's name a secret. */
function bare(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
