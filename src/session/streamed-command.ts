// A command too big to hold (its first packet is full): its packets travel under a Hold as they
// come, and are read on the way; the last is kept until it is known what the whole would do. Takes
// only what its first packet, and the words in the rest, can tell; everything else is held whole.
import { holdPiece, permitCommand } from '../policy/permit.js';
import { FiringNameScan } from '../sql/firing-names.js';
import { GuardWordScan } from '../sql/guard-words.js';
import { HARMLESS, type TextFacts } from '../sql/statement-facts.js';
import type { CommandName } from '../wire/commands.js';
import { type Framer, HEADER_BYTES, MAX_PAYLOAD_BYTES, type WirePacket } from '../wire/framer.js';
import { readComQueryText } from '../wire/packets/com-query.js';
import { PayloadStream } from '../wire/payload-stream.js';
import { type CommandUnderWay, commandUnderWay } from './activity.js';
import { staticReading } from './command-effects.js';
import { type Plan, planOfFacts } from './command-plan.js';
import { COMMAND_TABLE, type CommandRow, commandName, responseShape } from './command-table.js';
import type { Effect, Emit } from './effects.js';
import { type JudgedSession, readJudged } from './judged-commands.js';

/** Of a text that was not held, what the guard and the record are shown. */
const SHOWN_BYTES = 4_096;
const SLICE_BYTES = 64 * 1024;

/** Whether anything guarded may stand in the text so far. */
interface TextScan {
  push(chunk: Uint8Array): boolean;
}

/** What there is to find out on the way. */
type Reader =
  | { readonly kind: 'text'; readonly scan: TextScan; readonly shown: Buffer }
  | { readonly kind: 'known'; readonly text: Buffer; readonly facts: TextFacts }
  | { readonly kind: 'no-statement' };

export class StreamedCommand {
  readonly name: CommandName;
  readonly #row: CommandRow;
  readonly #first: Buffer;
  readonly #reader: Reader;
  readonly #stream: PayloadStream;
  #isGuarded = false;

  private constructor(first: Buffer, row: CommandRow, reader: Reader, stream: PayloadStream) {
    this.name = commandName(first[0]);
    // Its beginning says which response is to be expected; the rest need not be kept for that.
    this.#first = Buffer.from(first.subarray(0, HEADER_BYTES + HEADER_BYTES));
    this.#row = row;
    this.#reader = reader;
    this.#stream = stream;
  }

  /** Takes and sends the full packet that the client begins with, or leaves it to be held whole. */
  static begin(client: Framer, session: JudgedSession, emit: Emit): StreamedCommand | undefined {
    const bytes = client.takeRest();
    const streamed = StreamedCommand.#from(bytes, session);
    const end = HEADER_BYTES + MAX_PAYLOAD_BYTES;
    if (streamed !== undefined) emit(held(bytes.subarray(0, end), bytes.readUIntLE(0, 3)));
    client.push(streamed === undefined ? bytes : bytes.subarray(end));
    return streamed;
  }

  static #from(bytes: Buffer, session: JudgedSession): StreamedCommand | undefined {
    const first = bytes.subarray(HEADER_BYTES, HEADER_BYTES + MAX_PAYLOAD_BYTES);
    const name = commandName(first[0]);
    const reader = readerFor(name, first, session);
    if (reader === undefined || name === 'unknown') return undefined;
    const stream = new PayloadStream(bytes.readUInt8(3), session.options.statementBytes);
    return new StreamedCommand(first, COMMAND_TABLE[name], reader, stream);
  }

  get sequenceId(): number {
    return this.#stream.sequenceId;
  }

  /** What came behind its last packet. */
  takeRest(): Buffer {
    return this.#stream.takeRest();
  }

  /** Gives the command once its last packet is here: that one is still to be sent. */
  push(chunk: Buffer, emit: Emit): CommandUnderWay | undefined {
    this.#stream.push(chunk, (piece, packetBytes, isHeader) => {
      if (!isHeader) this.#read(piece);
      emit(held(piece, packetBytes));
    });
    const last = this.#stream.last();
    return last === undefined ? undefined : this.#ended(last);
  }

  plan(command: CommandUnderWay): Plan {
    const reader = this.#reader;
    switch (reader.kind) {
      case 'no-statement':
        return { kind: 'forward', permit: permitCommand(command.payload, 'forward') };
      case 'known':
        return planOfFacts(command, reader.text, reader.facts);
      case 'text':
        return planOfFacts(command, reader.shown, this.#isGuarded ? TOO_LARGE_TO_READ : HARMLESS);
    }
    reader satisfies never;
  }

  #ended(last: WirePacket): CommandUnderWay {
    this.#read(last.payload);
    const command = commandUnderWay(last, this.name, this.#row);
    command.streamedShape = responseShape(this.#row, this.#first);
    return command;
  }

  #read(piece: Buffer): void {
    if (this.#reader.kind === 'text') this.#isGuarded = scanned(this.#reader.scan, piece);
  }
}

/** In slices: scanning makes a string of each, and those of 16 MiB would stay around for long. */
function scanned(scan: TextScan, piece: Buffer): boolean {
  let isGuarded = scan.push(piece.subarray(0, SLICE_BYTES));
  for (let at = SLICE_BYTES; at < piece.length; at += SLICE_BYTES) {
    isGuarded = scan.push(piece.subarray(at, at + SLICE_BYTES));
  }
  return isGuarded;
}

function held(bytes: Buffer, packetBytes: number): Effect {
  return { kind: 'forward-held', bytes, hold: holdPiece(bytes, packetBytes) };
}

function readerFor(name: CommandName, first: Buffer, session: JudgedSession): Reader | undefined {
  const { state } = session;
  if (name === 'COM_STMT_SEND_LONG_DATA') {
    return staticReading(name, first, state).kind === 'pass' ? { kind: 'no-statement' } : undefined;
  }
  if (isHeldWhole(session)) return undefined;
  if (name === 'COM_QUERY') return textReader(first, session);
  if (name === 'COM_STMT_EXECUTE' || name === 'COM_STMT_BULK_EXECUTE') {
    const reading = readJudged(name, first, session);
    const isHarmless = reading.kind === 'read' && reading.facts.effects.length === 0;
    return isHarmless ? { kind: 'known', text: reading.text, facts: reading.facts } : undefined;
  }
  return undefined;
}

/**
 * What is recorded before it runs goes the way of a whole statement. A latched session takes no
 * writes, and what could commit something in flight, as a text or prepared, is judged.
 */
function isHeldWhole({ state, options }: JudgedSession): boolean {
  if (state.breakGlass !== undefined) return true;
  return state.latched || state.transaction.holdsInFlight || options.holdsOpen?.() === true;
}

/** With a guard word in its first packet a text is worth holding, to be read exactly. */
function textReader(first: Buffer, session: JudgedSession): Reader | undefined {
  try {
    const text = readComQueryText(first, session.state.capabilities);
    const scan = scanFor(session);
    if (scanned(scan, text)) return undefined;
    return { kind: 'text', scan, shown: Buffer.from(text.subarray(0, SHOWN_BYTES)) };
  } catch {
    // Malformed, or attributes longer than a packet: whole, it is read or refused as any other.
    return undefined;
  }
}

/** For the words of the language, and for the names that fire code on this server. */
function scanFor({ state, options }: JudgedSession): TextScan {
  const words = new GuardWordScan(state.readContext(undefined).database);
  const firing = options.firing?.();
  if (firing === undefined) return words;
  const names = new FiringNameScan(firing);
  return {
    push: (chunk) => {
      const isNamed = names.push(chunk);
      return words.push(chunk) || isNamed;
    },
  };
}

/** A word was met after the first packet had left: nothing better can be said of the whole. */
const TOO_LARGE_TO_READ: TextFacts = {
  effects: [
    {
      effect: 'unreadable',
      verb: 'TEXT',
      objects: [],
      deferred: false,
      reason:
        'it is larger than 16 MiB, and only after that comes a word that can destroy data, or a name that fires code which does',
    },
  ],
  statements: [],
  movesTo: 'unknown',
  prepares: 'unknown',
};
