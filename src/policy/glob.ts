// Globs over names: `*` is any run of characters, `?` is one, and the whole name must match.
// Linear in pattern times name, whatever the pattern: no regular expressions. Pure.

export interface Glob {
  readonly text: string;
  /** Without `*` and `?`: what an index can be keyed by. */
  readonly isLiteral: boolean;
  readonly folded: string;
}

export function compileGlob(text: string): Glob {
  return { text, isLiteral: !/[*?]/.test(text), folded: foldName(text) };
}

/** The form in which names that differ only in case are the same. */
export function foldName(name: string): string {
  // Character by character: else a capital sigma becomes one or the other by what stands behind it.
  return isAscii(name) ? name.toLowerCase() : Array.from(name, (one) => one.toLowerCase()).join('');
}

function isAscii(name: string): boolean {
  return /^[\x20-\x7e]*$/.test(name);
}

export function matchesGlob(glob: Glob, name: string, caseSensitive: boolean): boolean {
  const pattern = caseSensitive ? glob.text : glob.folded;
  const wanted = caseSensitive ? name : foldName(name);
  if (glob.isLiteral) return pattern === wanted;
  // A character outside the first plane is two units of a string, and `?` is one character.
  return /[\ud800-\udfff]/.test(wanted)
    ? matches(Array.from(pattern), Array.from(wanted))
    : matches(pattern, wanted);
}

/** Whether the first matches every name that the second does; false where that is not certain. */
export function coversGlob(wide: Glob, narrow: Glob): boolean {
  // A pattern read as a name: its wildcards are characters that only `*` takes, `?` also `?`.
  const name = Array.from(narrow.text, (one) => (one === '*' ? MANY : one));
  return matches(Array.from(wide.text), name);
}

/** A name that it matches. */
export function sampleOf({ text }: Glob): string {
  return text.replaceAll('*', '').replaceAll('?', 'x');
}

/** Stands for `*` of the narrow pattern: no pattern's `?` may take it. */
const MANY = '';

/** Two pointers with one way back: to the last `*`, one character further. */
function matches(pattern: ArrayLike<string>, name: ArrayLike<string>): boolean {
  let at = 0;
  let position = 0;
  let star = -1;
  let starPosition = 0;
  while (position < name.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at;
      starPosition = position;
      at += 1;
    } else if (isOne(wanted, name[position])) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      starPosition += 1;
      at = star + 1;
      position = starPosition;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

function isOne(wanted: string | undefined, found: string | undefined): boolean {
  if (wanted === undefined || found === MANY) return false;
  return wanted === '?' || wanted === found;
}
