// Finds the first of a set of words in bytes, in one quick pass that makes nothing: words that stand
// by themselves, and parts that may stand anywhere in a longer word. Which words those are is
// guard-words.ts's. Bytes beyond ASCII are letters of no word here.

/** What is looked for, compiled for the search. All of it in lower case. */
export interface Vocabulary {
  /** By the first three letters. */
  readonly words: ReadonlyMap<number, readonly Uint8Array[]>;
  /** Whether a word begins with these three letters. */
  readonly begins: Uint8Array;
  /** By the byte that gives a part away. */
  readonly parts: readonly Part[];
  /** Whether a part may have this byte right before the one that gives it away. */
  readonly before: Uint8Array;
}

interface Part {
  readonly bytes: Uint8Array;
  /** Where in it the byte stands that gives it away. */
  readonly tellingAt: number;
}

const UNDERSCORE = 0x5f;
const DOLLAR = 0x24;
const BACKSLASH = 0x5c;
const SMALL_N = 0x6e;
const SMALL_Y = 0x79;

const KIND = { other: 0, digit: 1, letter: 2, telling: 3 } as const;

/** Letters, and with them `_` and `$`, which end no word; `_` and `y` may stand in a part. */
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === UNDERSCORE || (byte | 0x20) === SMALL_Y) return KIND.telling;
  if (byte >= 0x30 && byte <= 0x39) return KIND.digit;
  const lower = byte | 0x20;
  return byte === DOLLAR || (lower >= 0x61 && lower <= 0x7a) ? KIND.letter : KIND.other;
});

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte,
);

/** A part is given away by its first `_`, or by a `y` right behind its first letter. */
export function vocabularyOf(words: readonly string[], parts: readonly string[] = []): Vocabulary {
  const byStart = new Map<number, Uint8Array[]>();
  const begins = new Uint8Array(1 << 15);
  for (const word of words) {
    const bytes = Buffer.from(word, 'latin1');
    const key = startKey(bytes, 0);
    byStart.set(key, [...(byStart.get(key) ?? []), bytes]);
    begins[key] = 1;
  }
  const before = new Uint8Array(256);
  const telling = parts.map((part) => {
    const tellingAt = part[1] === 'y' ? 1 : part.indexOf('_');
    const letter = part.charCodeAt(tellingAt - 1);
    before[letter] = 1;
    before[letter & ~0x20] = 1;
    return { bytes: Buffer.from(part, 'latin1'), tellingAt };
  });
  return { words: byStart, begins, parts: telling, before };
}

function startKey(bytes: Uint8Array, at: number): number {
  const first = (bytes[at] ?? 0) & 31;
  return (first << 10) | (((bytes[at + 1] ?? 0) & 31) << 5) | ((bytes[at + 2] ?? 0) & 31);
}

/**
 * Where the first of them ends, from `from` on; -1 if none is there. A word counts unless it is part
 * of a longer ASCII word. Digits may stand right before it (the version in a comment), and `\N`.
 */
export function foundEnd(vocabulary: Vocabulary, bytes: Uint8Array, from = 0): number {
  const { length } = bytes;
  let wasInWord = from > 0 && isLetter(bytes[from - 1]);
  for (let at = from; at < length; at += 1) {
    const kind = KINDS[bytes[at] ?? 0] ?? 0;
    const isInWord = kind >= KIND.letter;
    if (isInWord && (!wasInWord || kind === KIND.telling)) {
      const end = wasInWord ? partEnd(vocabulary, bytes, at) : wordEnd(vocabulary, bytes, at);
      if (end > 0) return end;
    }
    wasInWord = isInWord;
  }
  return -1;
}

function isLetter(byte = 0): boolean {
  return (KINDS[byte] ?? 0) >= KIND.letter;
}

/** Of the word that begins at `at`, or right behind the N of a `\N` that stands there; else -1. */
function wordEnd({ begins, words }: Vocabulary, bytes: Uint8Array, at: number): number {
  if (at + 2 >= bytes.length) return -1;
  const isNull = at > 0 && bytes[at - 1] === BACKSLASH && LOWER[bytes[at] ?? 0] === SMALL_N;
  const start = isNull ? at + 1 : at;
  const key = startKey(bytes, start);
  if (begins[key] !== 1) return -1;
  for (const word of words.get(key) ?? []) {
    const end = start + word.length;
    if (isAt(word, bytes, start) && isOver(bytes, end)) return end;
  }
  return -1;
}

function isOver(bytes: Uint8Array, at: number): boolean {
  return at >= bytes.length || KINDS[bytes[at] ?? 0] === KIND.other;
}

function partEnd({ before, parts }: Vocabulary, bytes: Uint8Array, at: number): number {
  if (before[bytes[at - 1] ?? 0] !== 1) return -1;
  for (const { bytes: part, tellingAt } of parts) {
    const start = at - tellingAt;
    if (start >= 0 && isAt(part, bytes, start)) return start + part.length;
  }
  return -1;
}

function isAt(sought: Uint8Array, bytes: Uint8Array, at: number): boolean {
  if (at + sought.length > bytes.length) return false;
  for (let i = 0; i < sought.length; i += 1) {
    if (LOWER[bytes[at + i] ?? 0] !== sought[i]) return false;
  }
  return true;
}
