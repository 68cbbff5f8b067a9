// A file that was chosen for an import of pages.

export interface SourceFile {
  /** With `/` between its parts, relative to what was chosen. */
  readonly path: string;
  /** Of Markdown files. */
  readonly text: string | null;
  /** The encoding of the text, where the file does not say it. */
  readonly guessed?: string;
  /** The code page by which the letters of its name were read, where its archive does not say it. */
  readonly guessedName?: string;
  /** Why a Markdown file has no text: a sentence for a person. */
  readonly refused?: string;
  /** Of images that a page can show; other files are only known to be there. */
  readonly image?: { readonly hash: string; readonly file: Blob & { readonly name: string } };
}
