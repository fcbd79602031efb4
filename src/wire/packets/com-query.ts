// COM_QUERY: where the statement's text begins, and the packet of a text of our own. With CLIENT_QUERY_ATTRIBUTES it comes after the
// attributes, whose length only their types tell. The server takes types it does not know, and some
// that it does, for strings: what is not certain to be read as we read it is malformed.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query.html
import { InterlockError } from '../../errors.js';
import { type Capabilities, CLIENT_QUERY_ATTRIBUTES, hasCapability } from '../capabilities.js';
import { COMMANDS } from '../commands.js';
import { PayloadReader } from '../payload-reader.js';
import { PayloadWriter } from '../payload-writer.js';

/** A whole packet of Interlock's own, without attributes. */
export function comQuery(text: string, capabilities: Capabilities): Buffer {
  const writer = new PayloadWriter().int1(COMMANDS.COM_QUERY);
  // None, in the one set that there must be.
  if (hasCapability(capabilities, CLIENT_QUERY_ATTRIBUTES)) writer.int1(0).int1(1);
  return writer.string(text).packet(0);
}

export function readComQueryText(payload: Buffer, capabilities: Capabilities): Buffer {
  if (!hasCapability(capabilities, CLIENT_QUERY_ATTRIBUTES)) return payload.subarray(1);
  const reader = new PayloadReader(payload, 1);
  const count = reader.readIntLenenc();
  const sets = reader.readIntLenenc();
  if (sets !== 1) throw new InterlockError('MALFORMED_PACKET', `${sets} sets of query attributes`);
  if (count > 0) skipAttributes(reader, count);
  return reader.readStringEof();
}

function skipAttributes(reader: PayloadReader, count: number): void {
  const nulls = reader.readStringFix(Math.ceil(count / 8));
  if (reader.readInt1() !== 1) {
    throw new InterlockError('MALFORMED_PACKET', 'query attributes without their types');
  }
  const types: number[] = [];
  for (let index = 0; index < count; index += 1) {
    types.push(reader.readInt2() & ~UNSIGNED);
    reader.readStringLenenc();
  }
  types.forEach((type, index) => {
    const isNull = ((nulls[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
    if (!isNull) skipValue(reader, type);
  });
}

/** The highest bit of a type. All others are the type, to the server too. */
const UNSIGNED = 0x8000;

/** Field types by how many bytes their binary value takes: TINY to LONGLONG, FLOAT, DOUBLE. */
const FIXED_BYTES: ReadonlyMap<number, number> = new Map([
  [0x01, 1],
  [0x02, 2],
  [0x03, 4],
  [0x04, 4],
  [0x05, 8],
  [0x08, 8],
]);

/**
 * string<lenenc>: DECIMAL, VARCHAR, BIT, JSON … GEOMETRY, and with a length of their own TIMESTAMP,
 * DATE, TIME, DATETIME. Not NULL, INT24 and YEAR, which the protocol's documents give other lengths.
 */
const LENENC: ReadonlySet<number> = new Set([
  ...[0x00, 0x0f, 0x10, 0xf2, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff],
  ...[0x07, 0x0a, 0x0b, 0x0c],
]);

function skipValue(reader: PayloadReader, type: number): void {
  const fixed = FIXED_BYTES.get(type);
  if (fixed !== undefined) reader.skip(fixed);
  else if (LENENC.has(type)) reader.readStringLenenc();
  else throw new InterlockError('MALFORMED_PACKET', `query attribute of unknown type ${type}`);
}
