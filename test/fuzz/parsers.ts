// Every packet parser with good packets to spoil. A parser may give what it read or throw
// MALFORMED_PACKET, nothing else; and what comes in pieces must read as it does in one.
import { ClearTextWatch } from '../../src/session/clear-text-watch.js';
import { ResponsePhase } from '../../src/session/response-phase.js';
import { Framer } from '../../src/wire/framer.js';
import { authenticationStep } from '../../src/wire/packets/auth-switch-request.js';
import { readDefinitionCount } from '../../src/wire/packets/column-count.js';
import { readComChangeUser } from '../../src/wire/packets/com-change-user.js';
import { readComQueryText } from '../../src/wire/packets/com-query.js';
import { readStatementId } from '../../src/wire/packets/com-stmt-id.js';
import { readComStmtPrepareOk } from '../../src/wire/packets/com-stmt-prepare-ok.js';
import { readEofStatusFlags } from '../../src/wire/packets/eof-packet.js';
import { errorCodeOf } from '../../src/wire/packets/err-packet.js';
import {
  readAuthentication,
  readClientCapabilities,
  readHandshakeResponse41,
  withClientCapabilities,
} from '../../src/wire/packets/handshake-response-41.js';
import { readHandshakeV10, withCapabilities } from '../../src/wire/packets/handshake-v10.js';
import { plainOkStatusFlags, readOkPacket } from '../../src/wire/packets/ok-packet.js';
import { readReplicaServerId } from '../../src/wire/packets/replica-server-id.js';
import { isSslRequest, sslRequestOf } from '../../src/wire/packets/ssl-request.js';
import { readTextResultset } from '../../src/wire/packets/text-resultset.js';
import { PayloadStream } from '../../src/wire/payload-stream.js';
import { proxyHeaderV2, readProxyHeader } from '../../src/wire/proxy-header.js';
import {
  bytes,
  errPayload,
  greeting,
  handshakeResponse,
  int,
  lenenc,
  okMovedTo,
  okPayload,
  packet,
  prepareOk,
  resultSet,
  sslRequest,
} from '../support/packets.js';
import type { Dice } from './dice.js';
import { pieces } from './mutation.js';
import { BINLOG_DUMP, CAPABILITIES, CHANGE_USER, QUERIES, RESPONSES } from './specimens.js';

export interface Parser {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  /** Throws what the parser throws, and an Error of its own for what it must never give. */
  read(input: Buffer, dice: Dice): unknown;
}

const payloadOf = (framed: Buffer): Buffer => framed.subarray(4);

export const PARSERS: readonly Parser[] = [
  {
    name: 'HandshakeV10',
    seeds: [
      greeting(),
      greeting({ common: 0xfffffffe, mariadb: 0x1f, version: '10.11.2-MariaDB' }),
    ].map(payloadOf),
    read: (input) => {
      const read = readHandshakeV10(input);
      withCapabilities(packet(0, input), read, read.capabilities);
    },
  },
  {
    name: 'HandshakeResponse41',
    seeds: [handshakeResponse(), handshakeResponse({ common: 0x0fbfff7e, mariadb: 0x1f })].map(
      payloadOf,
    ),
    read: (input, dice) => {
      const capabilities = dice.once(2) ? readClientCapabilities(input) : dice.pick(CAPABILITIES);
      withClientCapabilities(packet(1, input), capabilities);
      readHandshakeResponse41(input, capabilities);
      readAuthentication(input, capabilities);
    },
  },
  {
    name: 'SSLRequest',
    seeds: [sslRequest(), handshakeResponse({ common: 0x0fbfff7f | 0x800 })].map(payloadOf),
    read: (input) => {
      if (!isSslRequest(input)) {
        readHandshakeResponse41(input, readClientCapabilities(input));
        sslRequestOf(packet(1, input));
      }
    },
  },
  {
    name: 'COM_CHANGE_USER',
    seeds: CHANGE_USER,
    read: (input, dice) => readComChangeUser(input, dice.pick(CAPABILITIES)),
  },
  {
    name: 'COM_QUERY',
    seeds: QUERIES,
    read: (input, dice) => {
      const text = readComQueryText(input, dice.pick(CAPABILITIES));
      if (text.length > input.length) throw new Error('a text longer than its packet');
    },
  },
  {
    name: 'a statement id',
    seeds: [bytes(0x17, int(1, 4), 0, int(1, 4)), bytes(0xfa, int(0xffffffff, 4)), ...BINLOG_DUMP],
    read: (input) => readStatementId(input),
  },
  {
    name: 'COM_STMT_PREPARE_OK',
    seeds: [prepareOk(7, 2, 1)],
    read: (input) => readComStmtPrepareOk(input),
  },
  {
    name: 'OK_Packet',
    seeds: [okPayload(), okPayload(8, 0xfe), okMovedTo('shop')],
    read: (input, dice) => {
      readOkPacket(input, dice.pick(CAPABILITIES));
      plainOkStatusFlags(input, 0, input.length);
    },
  },
  {
    name: 'EOF_Packet, ERR_Packet, counts',
    seeds: [bytes(0xfe, int(0, 2), int(2, 2)), errPayload(1064), lenenc(70_000), bytes(3, 1)],
    read: (input, dice) => {
      errorCodeOf(input);
      if (dice.once(2)) readEofStatusFlags(input);
      else readDefinitionCount(input, dice.pick(CAPABILITIES));
    },
  },
  {
    name: 'authentication packets',
    seeds: [
      bytes(0xfe, 'caching_sha2_password\0', 'x'.repeat(20), 0),
      bytes(1, 4),
      bytes(1, 3),
      bytes(0xfe),
    ],
    read: (input, dice) => {
      authenticationStep(input);
      const watch = new ClearTextWatch(dice.pick(['caching_sha2_password', 'sha256_password', '']));
      watch.serverPacket(input);
      watch.tells(input);
    },
  },
  {
    name: "the answer to Interlock's own question",
    seeds: [
      resultSet([['a', 'b']]),
      resultSet([['a'], ['']], { deprecateEof: false }),
      packet(1, errPayload(1193)),
    ],
    read: (input, dice) => readTextResultset(input, dice.pick(CAPABILITIES)),
  },
  {
    name: 'a server id',
    seeds: BINLOG_DUMP,
    read: (input) => readReplicaServerId(input),
  },
  {
    name: 'PROXY header',
    seeds: [
      Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 5555 3306\r\nrest'),
      Buffer.from('PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n'),
      proxyHeaderV2({ address: '192.0.2.1', port: 1 }, { address: '192.0.2.2', port: 2 }),
      proxyHeaderV2({ address: '2001:db8::1', port: 1 }, { address: '::2', port: 2 }),
    ],
    read: readHeaderInPieces,
  },
  {
    name: 'packets in pieces',
    seeds: [
      Buffer.concat([packet(0, bytes(3, 'SELECT 1')), packet(0, bytes(1))]),
      bytes(0xff, 0xff, 0xff, 0, 'x'),
    ],
    read: (input, dice) => sameInPieces(input, dice, framed),
  },
  {
    name: 'the rest of a long payload, in pieces',
    seeds: [packet(1, bytes('end')), bytes(0xff, 0xff, 0xff, 1, 'x'), packet(1, bytes())],
    read: (input, dice) => sameInPieces(input, dice, streamed),
  },
  ...RESPONSES.map(({ name, shape, response }) => ({
    name: `a response in pieces: ${name}`,
    seeds: [response],
    read: (input: Buffer, dice: Dice) => {
      const capabilities = dice.pick(CAPABILITIES);
      sameInPieces(input, dice, (parts) => {
        const phase = new ResponsePhase(shape, capabilities, 0);
        let taken = 0;
        for (const part of parts) {
          const end = phase.take(part);
          taken += end;
          if (end < part.length) break;
        }
        const { awaiting, errorCode, statementId, sequenceId } = phase;
        return { taken, awaiting, errorCode, statementId, sequenceId, told: { ...phase.told } };
      });
    },
  })),
];

function framed(parts: readonly Buffer[]): unknown {
  const framer = new Framer(100);
  const found: unknown[] = [];
  for (const part of parts) {
    framer.push(part);
    for (let next = framer.next(); next !== undefined; next = framer.next()) {
      const travelled = Buffer.concat(next.frames);
      if (!travelled.subarray(4).equals(next.payload))
        throw new Error('a frame is not its payload');
      found.push([next.sequenceId, next.payload.toString('hex')]);
    }
  }
  return [found, framer.bufferedBytes];
}

function streamed(parts: readonly Buffer[]): unknown {
  const stream = new PayloadStream(0, 40_000_000);
  const passed: Buffer[] = [];
  for (const part of parts) stream.push(part, (piece) => passed.push(Buffer.from(piece)));
  const last = stream.last();
  const rest = last === undefined ? undefined : stream.takeRest().toString('hex');
  return [Buffer.concat(passed).toString('hex'), last?.payload.toString('hex'), rest];
}

/** What a reader makes of the bytes, thrown or given, must not depend on how they came. */
function sameInPieces(
  input: Buffer,
  dice: Dice,
  read: (parts: readonly Buffer[]) => unknown,
): void {
  const whole = outcome(() => read([input]));
  const cut = outcome(() => read(pieces(input, dice)));
  if (whole !== cut) throw new Error(`in one: ${whole}; in pieces: ${cut}`);
}

/** Thrown in one piece or in another, a malformed stream is malformed: where it was noticed varies. */
function outcome(read: () => unknown): string {
  try {
    return JSON.stringify(read());
  } catch (thrown) {
    if (!isMalformed(thrown)) throw thrown;
    return 'malformed';
  }
}

/** Once it is complete or malformed it stays so, whatever follows, and not a byte earlier. */
function readHeaderInPieces(input: Buffer): void {
  const whole = readProxyHeader(input);
  for (let end = 0; end <= input.length; end += 1) {
    const part = readProxyHeader(input.subarray(0, end));
    if (part.kind === 'incomplete') continue;
    const [early, late] = [part, whole].map((read) =>
      read.kind === 'malformed' ? read.kind : JSON.stringify(read),
    );
    if (early !== late) throw new Error(`${early} after ${end} bytes, ${late} at last`);
    return;
  }
}

export function isMalformed(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return code === 'MALFORMED_PACKET' || code === 'STATEMENT_TOO_LARGE';
}
