// Which readings a context leaves open for one text, and only where this text could tell them
// apart. What is known is fixed; what is not is every value it may have.
import { isAscii } from 'node:buffer';
import { CHARSET_CLASSES, type CharsetClass, classOfCharset, PLAIN } from './charsets.js';
import type { Dialect, ReadContext } from './dialect.js';
import type { Reading } from './reading.js';

/** More readings than these are not made: the text is unreadable until more is known. */
export const MOST_READINGS = 96;

/**
 * What in a text could make readings differ, each looked for when it is first asked, and only once:
 * a text may change its own reading a hundred thousand times.
 */
export class Traps {
  readonly #text: Buffer;
  readonly #found = new Map<string, boolean>();

  constructor(text: Uint8Array) {
    this.#text = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  }

  get backslash(): boolean {
    return this.#holds('\\');
  }

  get doubleQuote(): boolean {
    return this.#holds('"');
  }

  get highByte(): boolean {
    return this.#once('high byte', () => !isAscii(this.#text));
  }

  /** One right before a backslash or a backtick, which some character sets swallow. */
  get multiByteTrap(): boolean {
    return this.#once(
      'multi-byte trap',
      () =>
        this.highByte && (followsHighByte(this.#text, 0x5c) || followsHighByte(this.#text, 0x60)),
    );
  }

  /** `--` and a byte of 0x7f, which some character sets take for a comment. */
  get dashDelete(): boolean {
    return this.#holds('--\x7f');
  }

  get versionComment(): boolean {
    return this.#holds('/*!') || this.#holds('/*M!');
  }

  get galeraMark(): boolean {
    return this.#holds('!99997');
  }

  get dollar(): boolean {
    return this.#holds('$');
  }

  #holds(bytes: string): boolean {
    return this.#once(bytes, () => this.#text.includes(bytes, 0, 'latin1'));
  }

  #once(what: string, look: () => boolean): boolean {
    const known = this.#found.get(what);
    if (known !== undefined) return known;
    const found = look();
    this.#found.set(what, found);
    return found;
  }
}

function followsHighByte(text: Buffer, byte: number): boolean {
  for (let at = text.indexOf(byte); at >= 0; at = text.indexOf(byte, at + 1)) {
    if (at > 0 && (text[at - 1] ?? 0) >= 0x80) return true;
  }
  return false;
}

/** Which high bytes count: all, or only those that may swallow the byte after them. */
export type HighBytes = 'all' | 'swallowing';

/** Every reading the context allows, the likeliest first; undefined if there are too many. */
export function readingsFor(
  text: Uint8Array,
  traps: Traps,
  context: ReadContext,
  highBytes: HighBytes = 'all',
): readonly Reading[] | undefined {
  const dialects = dialectReadings(text, traps, context.dialect);
  const modes = modeReadings(traps, context.sqlMode);
  const charsets = charsetReadings(traps, context.charset, highBytes);
  const [dialect, mode, charset] = [dialects[0], modes[0], charsets[0]];
  const count = dialects.length * modes.length * charsets.length;
  if (count > MOST_READINGS) return undefined;
  // Where all is known there is one, and most texts are read so.
  if (count === 1 && dialect && mode && charset) return [{ ...dialect, ...mode, charset }];
  return dialects.flatMap((dialect) =>
    modes.flatMap((mode) => charsets.map((charset) => ({ ...dialect, ...mode, charset }))),
  );
}

type ModePart = Pick<Reading, 'ansiQuotes' | 'backslashEscapes'>;

const ANSI = /(?:^|,)ANSI(?:_QUOTES)?(?:,|$)/i;
const NO_ESCAPES = /(?:^|,)NO_BACKSLASH_ESCAPES(?:,|$)/i;

function modeReadings(traps: Traps, sqlMode: string | undefined): readonly ModePart[] {
  if (sqlMode !== undefined) {
    const ansiQuotes = ANSI.test(sqlMode);
    return [{ ansiQuotes, backslashEscapes: !NO_ESCAPES.test(sqlMode) }];
  }
  const ansi = traps.doubleQuote ? [false, true] : [false];
  const escapes = traps.backslash ? [true, false] : [true];
  return ansi.flatMap((ansiQuotes) =>
    escapes.map((backslashEscapes) => ({ ansiQuotes, backslashEscapes })),
  );
}

/** An unknown or never measured character set is any of them, where that can matter. */
function charsetReadings(
  traps: Traps,
  charset: string | undefined,
  highBytes: HighBytes,
): readonly CharsetClass[] {
  const known = charset === undefined ? undefined : classOfCharset(charset);
  if (known !== undefined) return [known];
  const counts = highBytes === 'all' ? traps.highByte : traps.multiByteTrap;
  return counts || traps.dashDelete ? CHARSET_CLASSES : [PLAIN];
}

type DialectPart = Pick<Reading, 'flavour' | 'version' | 'sixDigits' | 'dollarQuotes' | 'galera'>;

/** MySQL began to read six digits, and dollar-quoted texts, somewhere in this range. */
const FIRST_MYSQL_UNSURE = 80_000;
const FIRST_MYSQL_SURE = 90_000;

function dialectReadings(
  text: Uint8Array,
  traps: Traps,
  dialect: Dialect | undefined,
): readonly DialectPart[] {
  if (dialect !== undefined) return readingsOf(dialect, traps);
  return anyDialect(text, traps).flatMap((each) => readingsOf(each, traps));
}

function readingsOf({ flavour, version }: Dialect, traps: Traps): readonly DialectPart[] {
  return flavour === 'mariadb' ? mariadbReadings(version, traps) : mysqlReadings(version, traps);
}

function mariadbReadings(version: number, traps: Traps): readonly DialectPart[] {
  const base = { flavour: 'mariadb', version, sixDigits: true, dollarQuotes: false } as const;
  const plain = { ...base, galera: false };
  return traps.galeraMark ? [plain, { ...base, galera: true }] : [plain];
}

function mysqlReadings(version: number, traps: Traps): readonly DialectPart[] {
  const base = { flavour: 'mysql', version, galera: false } as const;
  const unsure = version >= FIRST_MYSQL_UNSURE && version < FIRST_MYSQL_SURE;
  const isNew = version >= FIRST_MYSQL_SURE;
  if (!unsure) return [{ ...base, sixDigits: isNew, dollarQuotes: isNew }];
  const sixes = traps.versionComment ? [false, true] : [isNew];
  const dollars = traps.dollar ? [false, true] : [isNew];
  return sixes.flatMap((sixDigits) =>
    dollars.map((dollarQuotes) => ({ ...base, sixDigits, dollarQuotes })),
  );
}

const USUAL: readonly Dialect[] = [
  { flavour: 'mysql', version: 90_704 },
  { flavour: 'mariadb', version: 101_119 },
];
const LOWEST = 50_600;
const HIGHEST = 999_999;

/** Without version comments two readings do; with them, one on each side of every number. */
function anyDialect(text: Uint8Array, traps: Traps): readonly Dialect[] {
  if (!traps.versionComment) return [...USUAL, { flavour: 'mysql', version: 50_624 }];
  const versions = new Set([LOWEST, HIGHEST, 50_624, 90_704, 101_119]);
  const pattern = /\/\*M?!(\d{5,6})/g;
  const latin1 = Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('latin1');
  for (const [, digits = ''] of latin1.matchAll(pattern)) {
    for (const value of [Number(digits), Number(digits.slice(0, 5))]) {
      if (value > LOWEST) versions.add(value).add(value - 1);
    }
    if (versions.size > MOST_READINGS) break;
  }
  return [...versions].flatMap((version) => [
    { flavour: 'mysql', version },
    { flavour: 'mariadb', version },
  ]);
}
