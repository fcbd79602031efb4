// Which packets a response is made of, in which order, and which of them say something that must be
// read. response-phase.ts follows one response by it.
import { MAX_PAYLOAD_BYTES } from '../wire/framer.js';
import { EOF_HEADER } from '../wire/packets/eof-packet.js';
import { ERR_HEADER } from '../wire/packets/err-packet.js';
import type { ResponseShape } from './command-table.js';

/** The packet that comes next. */
export type Expecting = 'first' | 'definitions' | 'definitions-end' | 'rows' | 'events' | 'nothing';

export const FIRST_EXPECTED: Readonly<Record<ResponseShape, Expecting>> = {
  none: 'nothing',
  single: 'first',
  result: 'first',
  execution: 'first',
  prepare: 'first',
  rows: 'rows',
  text: 'first',
  authentication: 'first',
  stream: 'events',
};

/** Whether a packet must be looked into; a row or a definition need not. */
export function mustBeRead(expecting: Expecting, firstByte: number, length: number): boolean {
  switch (expecting) {
    case 'first':
    case 'definitions-end':
      return true;
    case 'definitions':
    case 'events':
      return firstByte === ERR_HEADER || (firstByte === EOF_HEADER && length < 9);
    case 'rows':
      // A row may begin with 0xfe too: a field of 16 MB or more, thus a full packet.
      return firstByte === ERR_HEADER || (firstByte === EOF_HEADER && length < MAX_PAYLOAD_BYTES);
    case 'nothing':
      return false;
  }
  return expecting satisfies never;
}
