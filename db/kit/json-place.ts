// Where a text stops being JSON. JSON.parse says that it is not, but not where, or differently in each browser.
// Reads the same grammar as JSON.parse (RFC 8259) without recursion, so that nesting cannot exhaust the stack.

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** What would have been right there. */
  readonly expected: string;
}

const space = /[ \t\n\r]*/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** @returns the first place that is wrong, or null when the text is JSON. */
export function jsonErrorPlace(text: string): Place | null {
  let at = 0;
  const wrong = (expected: string): Place => {
    const before = text.slice(0, at);
    return { line: before.split('\n').length, column: at - before.lastIndexOf('\n'), expected };
  };
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const takeString = (): boolean => {
    if (text[at] !== '"') return false;
    at++;
    for (;;) {
      const character = text[at] ?? '\n';
      if (character === '"') {
        at++;
        return true;
      }
      if (character === '\\') {
        if (!take(escaped)) return false;
      } else if (character < ' ') {
        return false;
      } else {
        at++;
      }
    }
  };
  const takeCharacter = (character: string): boolean => {
    if (text[at] !== character) return false;
    at++;
    return true;
  };
  /** Closing brackets that are still to come. */
  const open: ('}' | ']')[] = [];
  let expecting: 'value' | 'value or ]' | 'key' | 'key or }' | 'end of value' = 'value';

  for (;;) {
    take(space);
    const began = at;
    if (expecting === 'end of value') {
      const closing = open.at(-1);
      if (closing === undefined) return at === text.length ? null : wrong('the end of the file');
      if (takeCharacter(closing)) open.pop();
      else if (takeCharacter(',')) expecting = closing === '}' ? 'key' : 'value';
      else return wrong(`a comma or ${closing}`);
    } else if (expecting === 'key' || expecting === 'key or }') {
      if (expecting === 'key or }' && takeCharacter('}')) {
        open.pop();
        expecting = 'end of value';
      } else {
        if (!takeString()) return wrong(at > began ? 'the rest of a string' : 'a key in double quotes');
        take(space);
        if (!takeCharacter(':')) return wrong('a colon');
        expecting = 'value';
      }
    } else if (expecting === 'value or ]' && takeCharacter(']')) {
      open.pop();
      expecting = 'end of value';
    } else if (takeCharacter('{')) {
      open.push('}');
      expecting = 'key or }';
    } else if (takeCharacter('[')) {
      open.push(']');
      expecting = 'value or ]';
    } else if (takeString() || take(scalar)) {
      expecting = 'end of value';
    } else {
      return wrong(at > began ? 'the rest of a string' : 'a value');
    }
  }
}
