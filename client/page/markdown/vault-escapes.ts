// What vaults of notes give a meaning beyond Markdown is escaped in what we write, so that our own import reads letters.

/** Within a text of which Markdown's own signs are escaped. */
export const vaultEscaped = (text: string): string =>
  text
    .replace(/(?<!\\)(?:\{(?=:)|\((?=\([0-9a-f]{8}-))/g, '\\$&')
    .replace(/(?<!\\)\^(?=[A-Za-z0-9-]*\s*$)/gm, '\\^');

/** At the beginning of a line: boxes, and properties. */
export const vaultEscapedStart = (line: string): string =>
  line.replace(/^(:::|\+\+\+ )/, '\\$1').replace(/^([A-Za-z][\w./\\-]*:):(?=\s|$)/, '$1\\:');
