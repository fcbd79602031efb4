// Bytes as servers and clients write them, built from the protocol's documents and nothing of
// src/: what the codec reads is not what the codec wrote.

export const bytes = (...parts: readonly (number | string | Uint8Array)[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))),
  );

export function int(value: number, length: number): Buffer {
  const out = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1)
    out[index] = Math.floor(value / 256 ** index) % 256;
  return out;
}

export function lenenc(value: number): Buffer {
  if (value < 251) return Buffer.of(value);
  if (value < 65_536) return bytes(0xfc, int(value, 2));
  if (value < 16_777_216) return bytes(0xfd, int(value, 3));
  return bytes(0xfe, int(value, 8));
}

export const text = (value: string): Buffer => bytes(lenenc(Buffer.byteLength(value)), value);

/** One packet; payloads of 16 MB and more in as many as they need. */
export function packet(sequenceId: number, payload: Uint8Array): Buffer {
  const parts: Buffer[] = [];
  let rest = Buffer.from(payload);
  let id = sequenceId;
  for (;;) {
    const piece = rest.subarray(0, 0xffffff);
    parts.push(bytes(int(piece.length, 3), id % 256, piece));
    if (piece.length < 0xffffff) return Buffer.concat(parts);
    rest = rest.subarray(0xffffff);
    id += 1;
  }
}

/** Payloads as consecutive packets. */
export const packets = (firstId: number, ...payloads: readonly Uint8Array[]): Buffer =>
  Buffer.concat(payloads.map((payload, index) => packet(firstId + index, payload)));

export const COMMON = 0x01ffffff & ~(0x20 | 0x800);
export const DEPRECATE_EOF = 0x01000000;

export interface GreetingShape {
  readonly common?: number;
  readonly mariadb?: number;
  readonly version?: string;
}

export function greeting({ common = COMMON, mariadb = 0, version = '9.0.0' }: GreetingShape = {}) {
  const isMariadb = (common & 1) === 0;
  return packet(
    0,
    bytes(
      10,
      `${version}\0`,
      int(77, 4),
      'saltsalt',
      0,
      int(common & 0xffff, 2),
      255,
      int(2, 2),
      int(common >>> 16, 2),
      21,
      Buffer.alloc(6),
      int(isMariadb ? mariadb : 0, 4),
      'moresaltmore\0',
      'mysql_native_password\0',
    ),
  );
}

export interface ResponseShape {
  readonly common?: number;
  readonly mariadb?: number;
  readonly user?: string;
  readonly database?: string;
  readonly program?: string;
  readonly sequenceId?: number;
}

export function handshakeResponse({
  common = COMMON,
  mariadb = 0,
  user = 'app',
  database = 'shop',
  program = 'mysql',
  sequenceId = 1,
}: ResponseShape = {}) {
  return packet(
    sequenceId,
    bytes(
      int(common >>> 0, 4),
      int(1 << 24, 4),
      45,
      Buffer.alloc(19),
      int(mariadb, 4),
      `${user}\0`,
      text('01234567890123456789'),
      `${database}\0`,
      'mysql_native_password\0',
      text(bytes(text('program_name'), text(program)).toString('latin1')),
    ),
  );
}

export const sslRequest = (common = COMMON | 0x800): Buffer =>
  packet(1, bytes(int(common >>> 0, 4), int(1 << 24, 4), 45, Buffer.alloc(23)));

export const okPayload = (status = 2, header = 0): Buffer =>
  bytes(header, 0, 0, int(status, 2), int(0, 2));

/** An OK that says the session's schema is now this. */
export function okMovedTo(schema: string): Buffer {
  const change = bytes(1, text(text(schema).toString('latin1')));
  return bytes(0, 0, 0, int(0x4002, 2), int(0, 2), text(''), text(change.toString('latin1')));
}

export const eofPayload = (status = 2): Buffer => bytes(0xfe, int(0, 2), int(status, 2));

export const errPayload = (code: number, message = 'no'): Buffer =>
  bytes(0xff, int(code, 2), `#HY000${message}`);

export const definition = (name: string): Buffer =>
  bytes(
    text('def'),
    text('shop'),
    text('t'),
    text('t'),
    text(name),
    text(name),
    12,
    Buffer.alloc(12),
  );

export const query = (sql: string, sequenceId = 0): Buffer => packet(sequenceId, bytes(3, sql));

export const command = (byte: number, ...rest: readonly (number | string | Uint8Array)[]): Buffer =>
  packet(0, bytes(byte, ...rest));

export const prepareOk = (id: number, columns: number, parameters: number): Buffer =>
  bytes(0, int(id, 4), int(columns, 2), int(parameters, 2), 0, int(0, 2));

/** A text result set: columns named a, b, …, and its rows. */
export function resultSet(
  rows: readonly (readonly (string | null)[])[],
  { deprecateEof = true, status = 2, firstId = 1, columns = rows[0]?.length ?? 1 } = {},
): Buffer {
  const definitions = Array.from({ length: columns }, (_, index) => definition(`c${index}`));
  return packets(
    firstId,
    lenenc(columns),
    ...definitions,
    ...(deprecateEof ? [] : [eofPayload(status)]),
    ...rows.map((row) => bytes(...row.map((value) => (value === null ? 0xfb : text(value))))),
    deprecateEof ? okPayload(status, 0xfe) : eofPayload(status),
  );
}
