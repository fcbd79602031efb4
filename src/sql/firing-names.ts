// The names by which a harmless statement fires code that the server keeps: stored functions, tables
// with triggers, views over them. Compiled from a list for look-ups and for one quick search of a
// text. Whose code does what is catalog/'s to find; what a statement fires is effects/fired.ts's.
import { isAscii } from 'node:buffer';
import type { StatementEffect } from './effect.js';

/** What changes rows, and so fires triggers. */
export type RowEvent = 'insert' | 'update' | 'delete';

/** One name, and what happens when a statement uses it. Plain data: it travels between processes. */
export interface FiringEntry {
  /**
   * `function`: when it is called. `package`: when one of its functions is. `view`: when it is read.
   * `table`: when one of `events` happens to it.
   */
  readonly kind: 'function' | 'package' | 'view' | 'table';
  readonly schema: string;
  readonly name: string;
  readonly events?: readonly RowEvent[];
  /** What the code does, deferred or not as the firing statement is. */
  readonly effects: readonly StatementEffect[];
}

export interface FiringNames {
  readonly entries: readonly FiringEntry[];
  /** By lower-case name, where that is ASCII. */
  readonly plain: ReadonlyMap<string, readonly FiringEntry[]>;
  /** Names with other letters, each with what it may be compared as. */
  readonly other: readonly { readonly entry: FiringEntry; readonly pattern: RegExp }[];
  /** Finds a text in which one may stand: the first where the text is ASCII. */
  readonly inAscii: RegExp;
  readonly inAny: RegExp;
}

/** Undefined for an empty list, so that nobody looks for nothing. */
export function firingNames(entries: readonly FiringEntry[]): FiringNames | undefined {
  if (entries.length === 0) return undefined;
  const plain = new Map<string, FiringEntry[]>();
  const other: { entry: FiringEntry; pattern: RegExp }[] = [];
  for (const entry of entries) {
    const key = entry.name.toLowerCase();
    if (!isPlain(entry.name)) other.push({ entry, pattern: loosely(entry.name) });
    else if (plain.has(key)) plain.get(key)?.push(entry);
    else plain.set(key, [entry]);
  }
  return { entries, plain, other, ...searches([...plain.keys()], other.length > 0) };
}

function isPlain(name: string): boolean {
  return /^[\0-\x7f]*$/.test(name);
}

const BEYOND_ASCII = /[^\0-\x7f]+/g;

/**
 * Servers compare these names without case and accents (measured: `wípe()` calls wipe, on all
 * three lines) and drop bytes that are no character (MySQL 9 with big5), so a run of letters beyond
 * ASCII is taken for anything of its length, or nothing.
 */
function loosely(name: string): RegExp {
  const pattern = escaped(name).replace(BEYOND_ASCII, (run) => `.{0,${run.length}}`);
  return new RegExp(`^${pattern}$`, 'is');
}

function escaped(name: string): string {
  return name.replace(/[$.*+?^()[\]{}|\\]/g, '\\$&');
}

/** In the text's bytes as Latin-1. A backtick in a quoted name is doubled. */
function searches(
  names: readonly string[],
  anyOther: boolean,
): Pick<FiringNames, 'inAscii' | 'inAny'> {
  const written = names.flatMap((name) =>
    name.includes('`') ? [name, name.replaceAll('`', '``')] : [name],
  );
  const ascii = written.map(escaped);
  const loose = written.map((name) =>
    [...name]
      .map((letter) => `(?:${escaped(letter)}|[\\x80-\\xff]{1,4})[\\x80-\\xff]{0,4}`)
      .join(''),
  );
  // What has other letters may be written in ASCII alone, so then every text is looked at closely.
  const within = (parts: readonly string[]) =>
    anyOther ? /(?:)/ : new RegExp(`(?<![a-z_$])(?:${parts.join('|')})(?![a-z0-9_$])`, 'i');
  return { inAscii: within(ascii), inAny: within(loose) };
}

/** Whether one of the names may stand in the text; cheap, and never wrong about a no. */
export function mayName(names: FiringNames, text: Uint8Array): boolean {
  const latin1 = Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('latin1');
  return (isAscii(text) ? names.inAscii : names.inAny).test(latin1);
}

/** No name, in whatever letters, is longer than this many bytes. */
const LONGEST_NAME_BYTES = 1_024;

/** Asks the same of a text that comes in chunks: whether one of the names may stand in it so far. */
export class FiringNameScan {
  readonly #names: FiringNames;
  #tail: Uint8Array = new Uint8Array();
  #seen = false;

  constructor(names: FiringNames) {
    this.#names = names;
  }

  push(chunk: Uint8Array): boolean {
    if (this.#seen) return true;
    const joined = Buffer.concat([this.#tail, chunk]);
    this.#seen = mayName(this.#names, joined);
    this.#tail = joined.subarray(-LONGEST_NAME_BYTES);
    return this.#seen;
  }
}

/** The names, where one of them may stand in the text. */
export function firingIn(
  names: FiringNames | undefined,
  text: Uint8Array,
): FiringNames | undefined {
  return names !== undefined && mayName(names, text) ? names : undefined;
}

/** Every entry that a server may take this name for. */
export function entriesNamed(names: FiringNames, name: string): readonly FiringEntry[] {
  const others = names.other.filter(({ pattern }) => pattern.test(name)).map(({ entry }) => entry);
  if (isPlain(name)) return [...(names.plain.get(name.toLowerCase()) ?? []), ...others];
  const pattern = loosely(name);
  return names.entries.filter((entry) => pattern.test(entry.name) || others.includes(entry));
}
