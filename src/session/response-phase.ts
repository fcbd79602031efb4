// Finds where one response ends, so that nothing is sent past a verdict. Fed with chunks as they
// come, it hops from header to header and reads only the packets that say whether more follows.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response.html
import { InterlockError } from '../errors.js';
import {
  type Capabilities,
  CLIENT_DEPRECATE_EOF,
  hasCapability,
  MARIADB_CLIENT_CACHE_METADATA,
} from '../wire/capabilities.js';
import { HEADER_BYTES, packetCount, type WirePacket } from '../wire/framer.js';
import { type PacketReader, PacketWalker } from '../wire/packet-walker.js';
import { authenticationStep } from '../wire/packets/auth-switch-request.js';
import { readDefinitionCount } from '../wire/packets/column-count.js';
import { readComStmtPrepareOk } from '../wire/packets/com-stmt-prepare-ok.js';
import { EOF_HEADER, eofStatusFlagsAt, readEofStatusFlags } from '../wire/packets/eof-packet.js';
import { ERR_HEADER, errorCodeOf } from '../wire/packets/err-packet.js';
import {
  OK_HEADER,
  okStatusFlags,
  plainOkStatusFlags,
  readOkPacket,
} from '../wire/packets/ok-packet.js';
import { SERVER_MORE_RESULTS_EXISTS, SERVER_STATUS_CURSOR_EXISTS } from '../wire/status-flags.js';
import type { ResponseShape } from './command-table.js';
import { type Expecting, FIRST_EXPECTED, mustBeRead } from './expected-packets.js';
import { TrackedState } from './tracked-state.js';

const LOCAL_INFILE_HEADER = 0xfb;
const EMPTY = Buffer.alloc(0);
/** Header, warnings and status flags. */
const EOF_PACKET_BYTES = 5;
const CURSOR_FLAGS = SERVER_STATUS_CURSOR_EXISTS | SERVER_MORE_RESULTS_EXISTS;
const NO_GROUPS: readonly number[] = [];

/** What the response is waiting for. */
export type Awaiting = 'packets' | 'file' | 'authentication-answer' | 'nothing';

export class ResponsePhase implements PacketReader {
  #shape: ResponseShape;
  readonly #capabilities: Capabilities;
  readonly #deprecateEof: boolean;
  readonly #cachesMetadata: boolean;
  #expecting: Expecting;
  #awaiting: Awaiting = 'packets';
  /** Counts of definitions yet to come: parameters, then columns. */
  #groups: readonly number[] = NO_GROUPS;
  #definitionsLeft = 0;

  readonly #walker: PacketWalker;

  errorCode: number | undefined;
  statementId: number | undefined;
  /** Of the last packet that had some; undefined: none had. */
  statusFlags: number | undefined;
  /** What its OK packets said of the session's state, where that is tracked. */
  readonly told = new TrackedState();

  constructor(shape: ResponseShape, capabilities: Capabilities, requestSequenceId: number) {
    this.#shape = shape;
    this.#capabilities = capabilities;
    this.#deprecateEof = hasCapability(capabilities, CLIENT_DEPRECATE_EOF);
    this.#cachesMetadata = (capabilities.mariadb & MARIADB_CLIENT_CACHE_METADATA) !== 0;
    this.#walker = new PacketWalker(this, requestSequenceId);
    this.#walker.answers(requestSequenceId);
    this.#expecting = FIRST_EXPECTED[shape];
    if (shape === 'none') this.#awaiting = 'nothing';
  }

  /** The same for the next response, once this one has ended: a session needs only one. */
  begin(shape: ResponseShape, requestSequenceId: number): this {
    this.#shape = shape;
    this.#walker.answers(requestSequenceId);
    this.#expecting = FIRST_EXPECTED[shape];
    this.#awaiting = shape === 'none' ? 'nothing' : 'packets';
    this.#groups = NO_GROUPS;
    this.#definitionsLeft = 0;
    this.errorCode = undefined;
    this.statementId = undefined;
    this.statusFlags = undefined;
    this.told.clear();
    return this;
  }

  get awaiting(): Awaiting {
    return this.#awaiting;
  }

  get ended(): boolean {
    return this.#awaiting === 'nothing';
  }

  /** Of the last packet that began: an ERR of ours counts on from here. */
  get sequenceId(): number {
    return this.#walker.sequenceId;
  }

  /** Between two packets: only here can an ERR packet of ours be understood. */
  get atBoundary(): boolean {
    return this.#walker.atBoundary;
  }

  /** A command begins at 0 again: it can't pass for a piece of a file or of a login. */
  expectNext(packet: WirePacket): void {
    if (packet.sequenceId === (this.sequenceId + packetCount(packet)) % 256) return;
    throw new InterlockError('MALFORMED_PACKET', 'a packet is not the next of its command');
  }

  /** The client has sent a packet of what was waited for: a file's piece, or a login's answer. */
  follow(sequenceId: number, isLast: boolean): void {
    this.#walker.sequenceId = sequenceId;
    if (isLast) this.#awaiting = 'packets';
  }

  get #isResult(): boolean {
    return this.#shape === 'result' || this.#shape === 'execution';
  }

  /** Takes what belongs to this response; returns where that ends in the chunk. */
  take(chunk: Buffer): number {
    let at = 0;
    while (at < chunk.length && this.#awaiting !== 'nothing' && this.#awaiting !== 'file') {
      if (this.#expecting === 'rows') at = this.#walker.hop(chunk, at, EOF_HEADER);
      if (this.#walker.isWhole(chunk, at)) at = this.#wholePacket(chunk, at);
      else if (at < chunk.length) at = this.#walker.step(chunk, at);
    }
    return at;
  }

  /** Most packets are read where they lie, at the price of a few bytes looked at. */
  #wholePacket(chunk: Buffer, at: number): number {
    const from = at + HEADER_BYTES;
    const end = this.#walker.passWhole(chunk, at);
    if (!this.wants(chunk.readUInt8(from), end - from)) this.packet(undefined);
    else if (!this.#readInPlace(chunk, from, end)) this.packet(chunk.subarray(from, end));
    return end;
  }

  /** The packets that every ordinary result has; false for any other. */
  #readInPlace(chunk: Buffer, from: number, end: number): boolean {
    const firstByte = chunk.readUInt8(from);
    if (!this.#isResult) return false;
    if (this.#expecting === 'first') {
      const isCount = end - from === 1 && firstByte > 0 && firstByte < LOCAL_INFILE_HEADER;
      if (!isCount || this.#cachesMetadata) return false;
      this.#definitions(firstByte);
      return true;
    }
    const flags = firstByte === EOF_HEADER ? this.#flagsInPlace(chunk, from, end) : undefined;
    if (flags === undefined) return false;
    if (this.#expecting === 'rows') this.#rowsEnd(flags);
    else this.#definitionsEof(flags);
    return true;
  }

  #flagsInPlace(chunk: Buffer, from: number, end: number): number | undefined {
    if (this.#deprecateEof) {
      return this.#expecting === 'rows' ? plainOkStatusFlags(chunk, from, end) : undefined;
    }
    const isPlain = this.#expecting === 'rows' || this.#expecting === 'definitions-end';
    return isPlain && end - from === EOF_PACKET_BYTES ? eofStatusFlagsAt(chunk, from) : undefined;
  }

  wants(firstByte: number, length: number): boolean {
    return mustBeRead(this.#expecting, firstByte, length);
  }

  packet(payload: Buffer | undefined): void {
    if (payload?.[0] === ERR_HEADER && this.#shape !== 'text') {
      this.#error(payload);
      return;
    }
    switch (this.#expecting) {
      case 'first':
        this.#first(payload ?? EMPTY);
        return;
      case 'definitions':
        this.#definitionsLeft -= 1;
        if (this.#definitionsLeft === 0) this.#definitionsEnd();
        return;
      case 'definitions-end':
        this.#definitionsEof(readEofStatusFlags(payload ?? EMPTY));
        return;
      case 'rows':
        if (payload !== undefined && payload.length > 0) this.#lastPacket(payload);
        return;
      case 'events':
        if (payload !== undefined && payload.length > 0) this.#end();
        return;
      case 'nothing':
        return;
    }
    this.#expecting satisfies never;
  }

  #error(payload: Buffer): void {
    const code = errorCodeOf(payload);
    // MariaDB's progress report: the response itself is still to come.
    if (code === undefined) return;
    this.errorCode = code;
    this.#end();
  }

  #first(payload: Buffer): void {
    if (this.#shape === 'authentication') this.#authentication(payload);
    else if (this.#shape === 'prepare') this.#prepared(payload);
    else if (this.#isResult) this.#result(payload);
    else {
      if (payload[0] === OK_HEADER) this.#ok(payload);
      this.#end();
    }
  }

  #authentication(payload: Buffer): void {
    const step = authenticationStep(payload);
    if (step === 'ok') {
      this.statusFlags = okStatusFlags(payload);
      this.#end();
    } else if (step === 'answer-expected') this.#awaiting = 'authentication-answer';
  }

  #prepared(payload: Buffer): void {
    if (payload[0] !== OK_HEADER) {
      throw new InterlockError('MALFORMED_PACKET', 'no answer to COM_STMT_PREPARE begins so');
    }
    const ok = readComStmtPrepareOk(payload);
    this.statementId = ok.statementId;
    this.#groups = [ok.parameters, ok.columns].filter((count) => count > 0);
    this.#nextGroup();
  }

  #result(payload: Buffer): void {
    if (payload[0] === OK_HEADER) {
      if ((this.#ok(payload) & SERVER_MORE_RESULTS_EXISTS) === 0) this.#end();
      return;
    }
    if (payload[0] === LOCAL_INFILE_HEADER) {
      this.#awaiting = 'file';
      return;
    }
    this.#definitions(readDefinitionCount(payload, this.#capabilities));
  }

  #definitions(count: number): void {
    this.#definitionsLeft = count;
    this.#expecting = 'definitions';
    if (count === 0) this.#definitionsEnd();
  }

  #ok(payload: Buffer): number {
    const ok = readOkPacket(payload, this.#capabilities);
    this.told.take(ok);
    this.statusFlags = ok.statusFlags;
    return ok.statusFlags;
  }

  #definitionsEnd(): void {
    if (this.#deprecateEof) this.#nextGroup();
    else this.#expecting = 'definitions-end';
  }

  #definitionsEof(flags: number): void {
    // With a cursor the rows wait for COM_STMT_FETCH, and this EOF is all that ends the response.
    // Servers set the flag for a cursor inside a routine too, and send that routine's rows: but
    // behind those more results come.
    this.statusFlags = flags;
    const opensCursor = (flags & CURSOR_FLAGS) === SERVER_STATUS_CURSOR_EXISTS;
    if (opensCursor && this.#shape === 'execution') this.#end();
    else this.#nextGroup();
  }

  #nextGroup(): void {
    const count = this.#groups[0];
    if (count !== undefined) {
      this.#groups = this.#groups.slice(1);
      this.#definitionsLeft = count;
      this.#expecting = 'definitions';
    } else if (this.#shape === 'prepare') this.#end();
    else this.#expecting = 'rows';
  }

  #lastPacket(payload: Buffer): void {
    if (!this.#isResult) this.#end();
    else this.#rowsEnd(this.#deprecateEof ? this.#ok(payload) : readEofStatusFlags(payload));
  }

  #rowsEnd(flags: number): void {
    this.statusFlags = flags;
    if ((flags & SERVER_MORE_RESULTS_EXISTS) === 0) this.#end();
    else this.#expecting = 'first';
  }

  #end(): void {
    this.#awaiting = 'nothing';
    this.#expecting = 'nothing';
  }
}
