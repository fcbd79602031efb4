// One command at a time: taken whole, looked up in the command table, judged, forwarded, and its
// response followed to the end before the next is looked at. Thus a denial stands in its place
// among the responses, and every statement is judged while the session is at rest.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html
import type { Permit } from '../policy/permit.js';
import type { Judgement } from '../policy/verdict.js';
import type { TextFacts } from '../sql/statement-facts.js';
import { ER_SIGNAL_EXCEPTION, type ErrorCode } from '../wire/error-codes.js';
import { Framer, onlyPacket, type WirePacket } from '../wire/framer.js';
import { asBuffer } from '../wire/payload-reader.js';
import {
  type Activity,
  type CommandUnderWay,
  commandUnderWay,
  hearsError,
  hearsPermit,
  IDLE,
  isBusy,
  isDeciding,
  LOST,
  questionOf,
  type Refused,
  type Responding,
  sequenceIdOfAnswer,
  takesFromClient,
} from './activity.js';
import { Answers } from './answers.js';
import { Asking } from './asking.js';
import { afterResponse } from './command-effects.js';
import { type Plan, planOf, planOfAsking, planOfSettled } from './command-plan.js';
import { commandName, commandRow, responseShape } from './command-table.js';
import { passContinuation } from './continuation.js';
import type { Emit } from './effects.js';
import type { Leg } from './events.js';
import type { JudgedSession } from './judged-commands.js';
import { ResponsePhase } from './response-phase.js';
import type { SessionOptions } from './session-options.js';
import type { SessionState } from './session-state.js';
import { StreamedCommand } from './streamed-command.js';

export class CommandPhase {
  readonly #options: SessionOptions;
  readonly #state: SessionState;
  readonly #emit: Emit;
  readonly #answers: Answers;
  readonly #session: JudgedSession;
  readonly #client: Framer;
  /** Of the command under way; one serves them all. */
  #response: ResponsePhase | undefined;
  #activity: Activity = IDLE;
  #draining = false;
  #isClientDone = false;

  constructor(options: SessionOptions, state: SessionState, emit: Emit) {
    this.#options = options;
    this.#state = state;
    this.#emit = emit;
    this.#answers = new Answers(state, emit);
    this.#session = { state, options };
    this.#client = new Framer(options.statementBytes);
  }

  get bufferedBytes(): number {
    return this.#client.bufferedBytes;
  }

  get ended(): boolean {
    return this.#activity.kind === 'ended';
  }

  get isBusy(): boolean {
    return isBusy(this.#activity);
  }

  get activity(): Activity {
    return this.#activity;
  }

  bytes(leg: Leg, bytes: Uint8Array): void {
    const chunk = asBuffer(bytes);
    if (leg === 'server') this.#serverBytes(chunk);
    else this.#clientBytes(chunk);
  }

  #clientBytes(chunk: Buffer): void {
    const activity = this.#activity;
    if (activity.kind === 'quitting') return; // No server reads behind its COM_QUIT.
    const isAtRest = activity.kind === 'idle' && !this.#client.midPacket;
    const packet = isAtRest ? onlyPacket(chunk, this.#options.statementBytes) : undefined;
    if (packet !== undefined) this.#command(packet);
    else if (activity.kind === 'streaming') this.#streamOn(activity.streamed, chunk);
    else {
      this.#client.push(chunk);
      this.#readClient();
    }
  }

  drain(): void {
    this.#draining = true;
    if (this.#activity.kind === 'idle') this.#end('Interlock is stopping');
  }

  /** It may still read the response it waits for, as with the server itself. */
  clientHalfClosed(): void {
    this.#isClientDone = true;
    // What is guarded runs only for a client that is there; no file or login will come any more.
    if (this.isBusy && !isDeciding(this.#activity)) this.#finishServer();
    else this.closed('client', 'it closed the connection');
  }

  #finishServer(): void {
    if (this.#isClientDone && this.bufferedBytes === 0) this.#emit({ kind: 'finish-server' });
  }

  judged(judgement: Judgement): void {
    const activity = this.#activity;
    if (activity.kind !== 'judging') {
      if (judgement.kind === 'permitted') this.#answers.outcome(judgement.recordId, LOST);
      return;
    }
    this.#activity = IDLE;
    const { command } = activity;
    if (judgement.kind === 'ask') this.#carryOut(command, planOfAsking(command, this.#session));
    else if (judgement.kind === 'refused') this.#refused(command, judgement);
    else if (command.refusal !== undefined) {
      // Whatever was answered, this can't pass.
      this.#answers.outcome(judgement.recordId, LOST);
      this.#answers.refusal(command, command.refusal);
    } else {
      hearsPermit(command, judgement, this.#state);
      this.#forward(command, judgement.permit);
    }
    this.#goOn();
  }

  /** On to what the client has sent meanwhile, or to the end that was only put off. */
  #goOn(): void {
    if (this.#draining && this.#activity.kind === 'idle') this.#end('Interlock is stopping');
    this.#readClient();
    if (this.#isClientDone && !this.isBusy && !this.ended) this.#end('the client is done');
  }

  #refused(command: CommandUnderWay, { message, afterwards }: Refused): void {
    const error = command.refusal?.error ?? ER_SIGNAL_EXCEPTION;
    this.#answers.refusal(command, { error, message });
    if (afterwards === 'latch') this.#state.latched = true;
    if (command.streamedShape !== undefined) this.#end('a statement was refused on its way');
    else if (afterwards === 'close') this.#end('a rule closes the session after its denial');
  }

  closed(leg: Leg, why: string): void {
    if (this.ended) return;
    // As without Interlock: its own library tells a client that it lost the server.
    this.#giveUp(`the ${leg} leg ended: ${why}`);
  }

  /** Something cannot go on: says so where the client can read it, and ends. */
  fail(error: ErrorCode, message: string, answering?: number): void {
    if (this.ended) return;
    this.#answers.error(error, message, answering ?? sequenceIdOfAnswer(this.#activity));
    this.#giveUp(message);
  }

  #readClient(): void {
    while (takesFromClient(this.#activity)) {
      if (this.#activity.kind === 'idle' && this.#client.startsLong && this.#stream()) return;
      const packet = this.#client.next();
      if (packet === undefined) return;
      if (this.#activity.kind === 'idle') this.#command(packet);
      else if (this.#activity.kind === 'responding') {
        passContinuation(packet, this.#activity.response, this.#emit);
      }
    }
  }

  #command(packet: WirePacket): void {
    const name = commandName(packet.payload[0]);
    this.#options.metrics.command(this.#options.server.name, name);
    const command = commandUnderWay(packet, name, commandRow(name));
    this.#carryOut(command, planOf(command, this.#session));
  }

  #carryOut(command: CommandUnderWay, plan: Plan): void {
    switch (plan.kind) {
      case 'forward':
        if (command.facts) this.#options.metrics.unguarded(this.#options.server.name);
        this.#forward(command, plan.permit);
        return;
      case 'settle': {
        const asking = new Asking(plan.settling, this.#state.capabilities, this.#emit);
        this.#activity = { kind: 'asking', command, asking };
        return;
      }
      case 'judge':
        this.#judge(command, plan.text, plan.facts);
        return;
      case 'refuse':
        this.#answers.refusal(command, plan.refusal);
        return;
      case 'answer':
        this.#answers.ok(command);
        return;
      case 'drop':
        return;
    }
    plan satisfies never;
  }

  /** A command of several packets goes on its way under a Hold, if its first lets it. */
  #stream(): boolean {
    const streamed = StreamedCommand.begin(this.#client, this.#session, this.#emit);
    if (streamed === undefined) return false;
    this.#options.metrics.command(this.#options.server.name, streamed.name);
    this.#activity = { kind: 'streaming', streamed };
    this.#streamOn(streamed, this.#client.takeRest());
    return true;
  }

  #streamOn(streamed: StreamedCommand, chunk: Buffer): void {
    const command = streamed.push(chunk, this.#emit);
    if (command === undefined) return;
    this.#activity = IDLE;
    this.#client.push(streamed.takeRest());
    this.#carryOut(command, streamed.plan(command));
    this.#goOn();
  }

  #judge(command: CommandUnderWay, text: Buffer, facts: TextFacts): void {
    this.#activity = { kind: 'judging', command };
    const question = questionOf(command, { ...this.#state.asking(), text, facts });
    this.#emit({ kind: 'judge', question });
  }

  #forward(command: CommandUnderWay, permit: Permit): void {
    this.#emit({ kind: 'forward', packet: command.packet, permit });
    command.prepared?.runs(command.settled?.reading);
    if (command.name === 'COM_QUIT') this.#activity = { kind: 'quitting' };
    const shape = command.streamedShape ?? responseShape(command.row, command.payload);
    if (shape === 'none') return;
    const { sequenceId } = command.packet;
    this.#response ??= new ResponsePhase(shape, this.#state.capabilities, sequenceId);
    const response = this.#response.begin(shape, sequenceId);
    this.#activity = { kind: 'responding', command, response };
    this.#finishServer();
  }

  #serverBytes(chunk: Buffer): void {
    const activity = this.#activity;
    if (activity.kind === 'responding') this.#responseBytes(chunk, activity);
    else if (activity.kind === 'asking') this.#answerBytes(chunk, activity);
    else if (activity.kind !== 'ended') this.#unasked(chunk);
  }

  #responseBytes(chunk: Buffer, { response, command }: Responding): void {
    const isEarly = response.awaiting === 'file';
    const end = isEarly ? chunk.length : response.take(chunk);
    this.#emit({ kind: 'to-client', bytes: end === chunk.length ? chunk : chunk.subarray(0, end) });
    if (isEarly) {
      // It answers before it has the file: what the client still sends must not become commands.
      this.#giveUp('the server answered before it had the whole file');
      return;
    }
    if (response.ended) {
      this.#activity = IDLE;
      afterResponse(this.#session, command, response);
      this.#answers.responded(command, response);
    }
    if (end < chunk.length) this.#serverBytes(chunk.subarray(end));
    else this.#goOn(); // Only now: what is behind a response is none to the next command.
  }

  #answerBytes(chunk: Buffer, { command, asking }: Extract<Activity, { kind: 'asking' }>): void {
    const end = asking.take(chunk);
    if (asking.isLost) this.#end('the server took a question for something else');
    else if (end < chunk.length) this.#unasked(chunk.subarray(end));
    else if (asking.isDone) {
      this.#activity = IDLE;
      this.#carryOut(command, planOfSettled(command, asking, this.#session));
      this.#goOn();
    }
  }

  /** Servers tell idle clients why they are cut off (error 1927, 4031). */
  #unasked(chunk: Buffer): void {
    if (hearsError(this.#activity, chunk)) this.#emit({ kind: 'to-client', bytes: chunk });
    this.#end('the server sent something that was not asked for');
  }

  #giveUp(why: string): void {
    const activity = this.#activity;
    if (activity.kind === 'responding') this.#answers.outcome(activity.command.recordId, LOST);
    this.#end(why);
  }

  #end(why: string): void {
    this.#activity = { kind: 'ended' };
    this.#emit({ kind: 'end', why });
  }
}
