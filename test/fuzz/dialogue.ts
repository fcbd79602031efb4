// A whole session fed with a spoiled dialogue: what happens to it, in which order. Whatever comes,
// nothing may be thrown, and nothing may pass that was not read and permitted.
import type { Leg, SessionEvent } from '../../src/session/events.js';
import {
  bytes,
  command,
  errPayload,
  greeting,
  handshakeResponse,
  int,
  okPayload,
  packet,
  resultSet,
  sslRequest,
} from '../support/packets.js';
import { sessionRow } from '../support/playbook.js';
import type { Dice } from './dice.js';
import { mutated, pieces } from './mutation.js';
import { BINLOG_DUMP, CAPABILITIES, CHANGE_USER, QUERIES, RESPONSES } from './specimens.js';

export interface Dialogue {
  readonly events: readonly SessionEvent[];
  /** Whether something that is guarded is first asked about in its session. */
  readonly asksSession: boolean;
  /** What the guard says to each question in turn; beyond its end it never answers. */
  readonly verdicts: readonly Verdict[];
}

export type Verdict = 'permit' | 'refuse' | 'latch' | 'close' | 'never';

const VERDICTS: readonly Verdict[] = ['permit', 'refuse', 'latch', 'close', 'never'];

const framed = (payload: Buffer): Buffer => packet(0, payload);

/** One of each command that has something to read, and a few more. */
const COMMANDS: readonly Buffer[] = [
  ...QUERIES.map(framed),
  ...CHANGE_USER.map(framed),
  ...BINLOG_DUMP.map(framed),
  command(0x16, 'SELECT ?'),
  command(0x16, 'DROP TABLE t'),
  command(0x17, int(1, 4), 0, int(1, 4)),
  command(0x17, int(0xffffffff, 4), 1, int(1, 4)),
  command(0xfa, int(1, 4), int(128, 2)),
  command(0x18, int(1, 4), int(0, 2), 'data'),
  command(0x19, int(1, 4)),
  command(0x1a, int(1, 4)),
  command(0x1c, int(1, 4), int(10, 4)),
  command(0x02, 'shop'),
  command(0x04, 't\0'),
  command(0x07, 0x80),
  command(0x08, 0),
  command(0x0c, int(9, 4)),
  command(0x1b, int(0, 2)),
  command(0x1f),
  command(0x0e),
  command(0x01),
  // Pieces of a file or of a login, in the place where they belong.
  packet(2, bytes('data')),
  packet(3, bytes()),
  packet(2, bytes()),
  ...[0x00, 0x05, 0x06, 0x0b, 0x0f, 0x20, 0x21, 0x40, 0xfb, 0xff].map((byte) => command(byte, 'x')),
];

/** What a session says of itself. */
const SESSION_ROWS: readonly Buffer[] = [
  ...[{}, { sqlLogBin: 0 }, { database: null }].map((says) => resultSet([sessionRow(says)])),
  resultSet([sessionRow()], { deprecateEof: false }),
];
const ANSWERS: readonly Buffer[] = [...RESPONSES.map(({ response }) => response), ...SESSION_ROWS];
const OTHERS: readonly SessionEvent[] = [
  { kind: 'half-closed', leg: 'client' },
  { kind: 'half-closed', leg: 'server' },
  { kind: 'closed', leg: 'client', why: 'reset' },
  { kind: 'closed', leg: 'server', why: 'reset' },
  { kind: 'server-failed', reason: 'tls', why: 'no' },
  { kind: 'handshake-timeout' },
  { kind: 'drain' },
  { kind: 'secured', leg: 'client' },
  { kind: 'secured', leg: 'server' },
];

type Say = (leg: Leg, from: readonly Buffer[], spoilOnceIn: number) => void;

export function dialogue(dice: Dice): Dialogue {
  const events: SessionEvent[] = [];
  const say: Say = (leg, from, spoilOnceIn) => {
    const spoils = dice.once(spoilOnceIn);
    events.push({ kind: 'bytes', leg, chunk: spoils ? mutated(from, dice) : dice.pick(from) });
  };
  logIn(dice, say);
  for (let left = dice.below(8); left > 0; left -= 1) {
    if (dice.once(20)) events.push(dice.pick(OTHERS));
    else if (dice.once(6)) dropTable(say);
    else if (dice.once(2)) say('client', dice.once(5) ? pipelined(dice) : COMMANDS, 3);
    else say('server', ANSWERS, 4);
  }
  return {
    events,
    asksSession: dice.once(2),
    verdicts: Array.from({ length: 8 }, () => dice.pick(VERDICTS)),
  };
}

/** The same, with what some of the legs say cut into pieces. */
export function inPieces(events: readonly SessionEvent[], legs: readonly Leg[], dice: Dice) {
  return events.flatMap((event): readonly SessionEvent[] => {
    if (event.kind !== 'bytes' || !legs.includes(event.leg)) return [event];
    const { kind, leg } = event;
    return pieces(Buffer.from(event.chunk), dice).map((chunk) => ({ kind, leg, chunk }));
  });
}

function pipelined(dice: Dice): readonly Buffer[] {
  return [Buffer.concat(Array.from({ length: 2 + dice.below(3) }, () => dice.pick(COMMANDS)))];
}

/** With what a server says when it is asked first: the session's row, that table's absence, the OK. */
function dropTable(say: Say): void {
  say('client', [packet(0, bytes(3, 'DROP TABLE t'))], 20);
  say('server', SESSION_ROWS, 3);
  say('server', [packet(1, errPayload(1146))], 3);
  say('server', [packet(1, okPayload())], 4);
}

/** Mostly a good one: what is spoiled early says nothing of what comes later. */
function logIn(dice: Dice, say: Say): void {
  const shape = dice.pick(CAPABILITIES);
  const spoilOnceIn = dice.once(4) ? 2 : 1_000;
  say('server', [greeting(shape)], spoilOnceIn);
  if (dice.once(20)) say('client', [sslRequest((shape.common | 0x800) >>> 0)], spoilOnceIn);
  const wanted = dice.once(5) ? dice.pick(CAPABILITIES) : shape;
  say('client', [handshakeResponse(wanted)], spoilOnceIn);
  const more = [packet(2, bytes(0xfe, 'mysql_native_password\0', 'x'.repeat(20), 0))];
  if (dice.once(10)) {
    say('server', more, spoilOnceIn);
    say('client', [packet(3, dice.bytes(20))], spoilOnceIn);
    say('server', [packet(4, okPayload())], spoilOnceIn);
  } else say('server', [packet(2, okPayload())], spoilOnceIn);
}
