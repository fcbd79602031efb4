// A whole response to COM_QUERY, as Interlock reads it when the question was its own: the rows of
// one result set as bytes, or the error. Throws MALFORMED_PACKET for anything else; what a client is
// sent is never read by this.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset.html
import { InterlockError } from '../../errors.js';
import { type Capabilities, CLIENT_DEPRECATE_EOF, hasCapability } from '../capabilities.js';
import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from '../framer.js';
import { PayloadReader } from '../payload-reader.js';
import { readDefinitionCount } from './column-count.js';
import { EOF_HEADER } from './eof-packet.js';
import { ERR_HEADER, errorCodeOf } from './err-packet.js';
import { OK_HEADER } from './ok-packet.js';

const NULL_VALUE = 0xfb;

export type TextRow = readonly (Buffer | null)[];

export type TextResultset =
  | { readonly kind: 'rows'; readonly rows: readonly TextRow[] }
  | { readonly kind: 'error'; readonly errorCode: number };

/** `bytes`: all packets of the response, headers included, none of them a full one. */
export function readTextResultset(bytes: Buffer, capabilities: Capabilities): TextResultset {
  const packets = payloadsOf(bytes);
  const first = packets.next();
  const errorCode = first[0] === ERR_HEADER ? errorCodeOf(first) : undefined;
  if (errorCode !== undefined) return { kind: 'error', errorCode };
  if (first[0] === OK_HEADER || first[0] === NULL_VALUE) throw malformed('it is no result set');
  const columns = new PayloadReader(first).readIntLenenc();
  const definitions = readDefinitionCount(first, capabilities);
  for (let index = 0; index < definitions; index += 1) packets.next();
  if (!hasCapability(capabilities, CLIENT_DEPRECATE_EOF)) packets.next();
  const rows: TextRow[] = [];
  for (let row = packets.next(); ; row = packets.next()) {
    const code = row[0] === ERR_HEADER ? errorCodeOf(row) : undefined;
    if (code !== undefined) return { kind: 'error', errorCode: code };
    if (row[0] === EOF_HEADER) return { kind: 'rows', rows };
    rows.push(valuesOf(row, columns));
  }
}

/** A value of 16 MB begins with the byte that ends a result set; here no packet is that large. */
function payloadsOf(bytes: Buffer): { next(): Buffer } {
  let at = 0;
  return {
    next: () => {
      if (bytes.length - at < HEADER_BYTES) throw malformed('its end is missing');
      const length = bytes.readUIntLE(at, 3);
      const end = at + HEADER_BYTES + length;
      if (length === MAX_PAYLOAD_BYTES || end > bytes.length) throw malformed('a packet is cut');
      const payload = bytes.subarray(at + HEADER_BYTES, end);
      at = end;
      return payload;
    },
  };
}

function valuesOf(row: Buffer, columns: number): TextRow {
  const reader = new PayloadReader(row);
  const values: (Buffer | null)[] = [];
  for (let index = 0; index < columns; index += 1) {
    if (row[reader.offset] === NULL_VALUE) {
      reader.skip(1);
      values.push(null);
    } else values.push(reader.readStringLenenc());
  }
  reader.expectEnd();
  return values;
}

function malformed(what: string): InterlockError {
  return new InterlockError('MALFORMED_PACKET', `the answer to a question cannot be read: ${what}`);
}
