// Which readings a context leaves open for one text, and only where this text could tell them
// apart. What is known is fixed; what is not is every value it may have.
import { CHARSET_CLASSES, type CharsetClass, classOfCharset, PLAIN } from './charsets.js';
import type { Dialect, ReadContext } from './dialect.js';
import type { Reading } from './reading.js';

/** More readings than these are not made: the text is unreadable until more is known. */
export const MOST_READINGS = 96;

/** What in a text could make readings differ, found in one pass over its bytes. */
export interface Traps {
  readonly backslash: boolean;
  readonly doubleQuote: boolean;
  readonly highByte: boolean;
  /** One right before a backslash or a backtick, which some character sets swallow. */
  readonly multiByteTrap: boolean;
  /** `--` and a byte of 0x7f, which some character sets take for a comment. */
  readonly dashDelete: boolean;
  readonly versionComment: boolean;
  readonly galeraMark: boolean;
  readonly dollar: boolean;
}

export function trapsOf(text: Uint8Array): Traps {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return {
    backslash: bytes.includes(0x5c),
    doubleQuote: bytes.includes(0x22),
    highByte: hasHighByte(text),
    multiByteTrap: hasMultiByteTrap(text),
    dashDelete: bytes.includes('--\x7f', 0, 'latin1'),
    versionComment: bytes.includes('/*!') || bytes.includes('/*M!'),
    galeraMark: bytes.includes('!99997'),
    dollar: bytes.includes('$'),
  };
}

function hasHighByte(text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if ((text[i] ?? 0) >= 0x80) return true;
  }
  return false;
}

function hasMultiByteTrap(text: Uint8Array): boolean {
  for (let i = 1; i < text.length; i += 1) {
    const byte = text[i];
    if ((byte === 0x5c || byte === 0x60) && (text[i - 1] ?? 0) >= 0x80) return true;
  }
  return false;
}

/** Every reading the context allows, the likeliest first; undefined if there are too many. */
export function readingsFor(
  text: Uint8Array,
  traps: Traps,
  context: ReadContext,
): readonly Reading[] | undefined {
  const dialects = dialectReadings(text, traps, context.dialect);
  const modes = modeReadings(traps, context.sqlMode);
  const charsets = charsetReadings(traps, context.charset);
  if (dialects.length * modes.length * charsets.length > MOST_READINGS) return undefined;
  return dialects.flatMap((dialect) =>
    modes.flatMap((mode) => charsets.map((charset) => ({ ...dialect, ...mode, charset }))),
  );
}

type ModePart = Pick<Reading, 'ansiQuotes' | 'backslashEscapes'>;

function modeReadings(traps: Traps, sqlMode: string | undefined): readonly ModePart[] {
  if (sqlMode !== undefined) {
    const names = new Set(sqlMode.toUpperCase().split(','));
    return [
      {
        ansiQuotes: names.has('ANSI_QUOTES') || names.has('ANSI'),
        backslashEscapes: !names.has('NO_BACKSLASH_ESCAPES'),
      },
    ];
  }
  const ansi = traps.doubleQuote ? [false, true] : [false];
  const escapes = traps.backslash ? [true, false] : [true];
  return ansi.flatMap((ansiQuotes) =>
    escapes.map((backslashEscapes) => ({ ansiQuotes, backslashEscapes })),
  );
}

/** An unknown or never measured character set is any of them, where that can matter. */
function charsetReadings(traps: Traps, charset: string | undefined): readonly CharsetClass[] {
  const known = charset === undefined ? undefined : classOfCharset(charset);
  if (known !== undefined) return [known];
  return traps.highByte || traps.dashDelete ? CHARSET_CLASSES : [PLAIN];
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
  const dialects = dialect === undefined ? anyDialect(text, traps) : [dialect];
  return dialects.flatMap(({ flavour, version }) => {
    if (flavour === 'mariadb') return mariadbReadings(version, traps);
    return mysqlReadings(version, traps);
  });
}

function mariadbReadings(version: number, traps: Traps): readonly DialectPart[] {
  const base = { flavour: 'mariadb', version, sixDigits: true, dollarQuotes: false } as const;
  const galera = traps.galeraMark ? [false, true] : [false];
  return galera.map((isNode) => ({ ...base, galera: isNode }));
}

function mysqlReadings(version: number, traps: Traps): readonly DialectPart[] {
  const base = { flavour: 'mysql', version, galera: false } as const;
  const unsure = version >= FIRST_MYSQL_UNSURE && version < FIRST_MYSQL_SURE;
  const isNew = version >= FIRST_MYSQL_SURE;
  const sixes = unsure && traps.versionComment ? [false, true] : [isNew];
  const dollars = unsure && traps.dollar ? [false, true] : [isNew];
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
