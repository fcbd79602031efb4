// Bytes as text that a person can read and a terminal cannot misread: invalid UTF-8 as \xNN,
// control, invisible and direction-changing characters as their code. Pure.

/** Every character that shows nothing, moves the cursor or turns the direction of the text. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;

/** The text of the bytes, with everything unprintable written out. */
export function printable(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const end = validUntil(bytes, at);
    text += Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at)
      .toString('utf8')
      .replace(UNSEEN, escapeCharacter);
    at = end;
    while (at < bytes.length && sequenceLength(bytes, at) === 0) {
      text += `\\x${hex(bytes[at] ?? 0)}`;
      at++;
    }
  }
  return text;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? `\\x${hex(code)}` : `\\u{${code.toString(16)}}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function validUntil(bytes: Uint8Array, from: number): number {
  let at = from;
  let length = sequenceLength(bytes, at);
  while (at < bytes.length && length > 0) {
    at += length;
    length = sequenceLength(bytes, at);
  }
  return at;
}

/** Well-formed UTF-8 (Unicode table 3-7): first bytes from, to; second byte from, to; length. */
const SEQUENCES = [
  [0xc2, 0xdf, 0x80, 0xbf, 2],
  [0xe0, 0xe0, 0xa0, 0xbf, 3],
  [0xe1, 0xec, 0x80, 0xbf, 3],
  [0xed, 0xed, 0x80, 0x9f, 3],
  [0xee, 0xef, 0x80, 0xbf, 3],
  [0xf0, 0xf0, 0x90, 0xbf, 4],
  [0xf1, 0xf3, 0x80, 0xbf, 4],
  [0xf4, 0xf4, 0x80, 0x8f, 4],
] as const;

/** The length of the well-formed sequence that starts here, or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  const row = SEQUENCES.find(
    ([from, to, low, high]) => first >= from && first <= to && second >= low && second <= high,
  );
  if (row === undefined) return 0;
  const length = row[4];
  for (let tail = 2; tail < length; tail++) if (!isTail(bytes[at + tail] ?? 0)) return 0;
  return length;
}

function isTail(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}
