// What a client character set means to the server's lexer: which bytes are white space, which may
// follow `--`, which lead bytes swallow the byte after them. Every table here was measured on
// MariaDB 10.11, MySQL 5.6 and MySQL 9.7. It never converts text.

/** How a lead byte takes an ASCII byte (a backslash, a backtick) into its character. */
export type MultiByte = 'none' | 'gbk' | 'sjis' | 'big5' | 'gb18030';

/** Character sets that the lexer cannot tell apart. */
export interface CharsetClass {
  readonly name: string;
  readonly multiByte: MultiByte;
  /** Bytes of 0x80 and above that are white space. */
  readonly spaces: readonly number[];
  /** Bytes of 0x7f and above that open a comment after `--`. */
  readonly dashEnders: readonly number[];
}

function charsetClass(
  name: string,
  spaces: readonly number[],
  dashEnders: readonly number[],
): CharsetClass {
  return { name, multiByte: 'none', spaces, dashEnders };
}

function multiByteClass(multiByte: Exclude<MultiByte, 'none'>): CharsetClass {
  return { name: multiByte, multiByte, spaces: [], dashEnders: [0x7f] };
}

/** utf8mb4 and whatever else has no trap: ASCII bytes are ASCII, all others are letters. */
export const PLAIN = charsetClass('utf8mb4', [], [0x7f]);

const LATIN1 = charsetClass('latin1', [0xa0], [0x7f, 0xa0]);
const CP866 = charsetClass('cp866', [0xff], [0xff]);
const CP1251 = charsetClass('cp1251', [], []);
const SJIS = multiByteClass('sjis');
const HP8_DASH = [...range(0x7f, 0xa0), 0xb1, 0xb2, ...range(0xf2, 0xf5), 0xff];
const LATIN7_DASH = [
  0x7f, 0x81, 0x83, 0x88, 0x8a, 0x8c, 0x90, 0x98, 0x9a, 0x9c, 0x9f, 0xa0, 0xa1, 0xa5,
];

const BY_NAME: ReadonlyMap<string, CharsetClass> = new Map([
  ...['utf8mb4', 'utf8mb3', 'utf8', 'ascii', 'binary', 'swe7', 'tis620', 'ujis', 'eucjpms'].map(
    (name) => [name, PLAIN] as const,
  ),
  ...['euckr', 'gb2312', 'koi8r', 'koi8u', 'cp1256'].map((name) => [name, PLAIN] as const),
  ...['latin1', 'dec8', 'latin5', 'greek', 'armscii8', 'geostd8'].map(
    (name) => [name, LATIN1] as const,
  ),
  ['hebrew', charsetClass('hebrew', [0xa0], [0x7f, 0xa0, 0xfd, 0xfe])],
  ['latin2', charsetClass('latin2', [0xa0], [0xa0])],
  ['cp1250', charsetClass('cp1250', [0xa0], [0x7f, 0x80, 0x81, 0x83, 0x88, 0x90, 0x98, 0xa0])],
  ['latin7', charsetClass('latin7', [0xa0], LATIN7_DASH)],
  ...['cp866', 'keybcs2', 'cp852'].map((name) => [name, CP866] as const),
  ['cp850', charsetClass('cp850', [], [0x7f, 0xff])],
  ['hp8', charsetClass('hp8', [], HP8_DASH)],
  ['macroman', charsetClass('macroman', [], [0x80, 0xcb, 0xe5])],
  ...['cp1251', 'cp1257', 'macce'].map((name) => [name, CP1251] as const),
  ['gbk', multiByteClass('gbk')],
  ['big5', multiByteClass('big5')],
  ['sjis', SJIS],
  ['cp932', SJIS],
  ['gb18030', multiByteClass('gb18030')],
]);

/** Every class there is, each once: what an unknown character set may be. */
export const CHARSET_CLASSES: readonly CharsetClass[] = [...new Set(BY_NAME.values())];

/** The class of `@@character_set_client`; undefined for a name we never measured. */
export function classOfCharset(name: string): CharsetClass | undefined {
  return BY_NAME.get(name.toLowerCase());
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** How many bytes the character at `at` has, for the charsets whose trail bytes may be ASCII. */
export function characterLength(kind: MultiByte, text: Uint8Array, at: number): number {
  const lead = text[at] ?? 0;
  const trail = text[at + 1] ?? 0;
  switch (kind) {
    case 'none':
      return 1;
    case 'gbk':
      return isGbkLead(lead) && isGbkTrail(trail) ? 2 : 1;
    case 'sjis':
      return isSjisLead(lead) && isSjisTrail(trail) ? 2 : 1;
    case 'big5':
      return lead >= 0xa1 && lead <= 0xf9 && isBig5Trail(trail) ? 2 : 1;
    case 'gb18030':
      return gb18030Length(lead, trail, text, at);
  }
  return kind satisfies never;
}

function isGbkLead(byte: number): boolean {
  return byte >= 0x81 && byte <= 0xfe;
}

function isGbkTrail(byte: number): boolean {
  return (byte >= 0x40 && byte <= 0x7e) || (byte >= 0x80 && byte <= 0xfe);
}

function isSjisLead(byte: number): boolean {
  return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
}

function isSjisTrail(byte: number): boolean {
  return (byte >= 0x40 && byte <= 0x7e) || (byte >= 0x80 && byte <= 0xfc);
}

function isBig5Trail(byte: number): boolean {
  return (byte >= 0x40 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xfe);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function gb18030Length(lead: number, trail: number, text: Uint8Array, at: number): number {
  if (!isGbkLead(lead)) return 1;
  if (isGbkTrail(trail)) return 2;
  if (!isDigit(trail)) return 1;
  return isGbkLead(text[at + 2] ?? 0) && isDigit(text[at + 3] ?? 0) ? 4 : 1;
}
