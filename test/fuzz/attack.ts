// Plays a spoiled dialogue to a session and watches what it does. What may pass is decided here by
// other means than in src/session: by the bytes themselves.
import { covers, permitDecided } from '../../src/policy/permit.js';
import type { Judgement, Question } from '../../src/policy/verdict.js';
import type { Effect } from '../../src/session/effects.js';
import type { SessionEvent } from '../../src/session/events.js';
import { Session } from '../../src/session/session.js';
import type { TextFacts } from '../../src/sql/statement-facts.js';
import { readWords } from '../support/verdicts.js';
import type { Dialogue, Verdict } from './dialogue.js';

/** Never forwarded, whatever comes behind them: docs/commands.md, `refuse` and `replication`. */
const REFUSED_BYTES: ReadonlySet<number> = new Set([
  ...[0x00, 0x05, 0x06, 0x0b, 0x0f, 0x10, 0x12, 0x13, 0x14, 0x15, 0x1d, 0x1e, 0x20, 0x21],
  ...Array.from({ length: 0xfa - 0x22 }, (_, index) => 0x22 + index),
  ...[0xfb, 0xfc, 0xfd, 0xfe, 0xff],
]);
const OUR_FAULT = 'Interlock failed in this session';

/** What a dialogue came to; the same however its bytes were cut. */
export interface Played {
  readonly toServer: Buffer;
  readonly toClient: Buffer;
  readonly questions: number;
  readonly ended: boolean;
  /** What came before TLS and what within it is told apart by the chunks. */
  readonly hadTls: boolean;
}

/** Throws at the first thing that must not happen. */
export function play(dialogue: Dialogue): Played {
  const attack = new Attack(dialogue);
  for (const event of dialogue.events) attack.event(event);
  return attack.played();
}

/** The same, and whether it is logged is open: that is asked in the session, of a spoiled server. */
function readOpenly(text: Uint8Array): TextFacts {
  const facts = readWords(text);
  const effects = facts.effects.map(({ effect, verb, objects, deferred }) => {
    return { effect, verb, objects, deferred };
  });
  return { ...facts, effects };
}

class Attack {
  readonly #session: Session;
  readonly #verdicts: readonly Verdict[];
  readonly #toServer: Uint8Array[] = [];
  readonly #toClient: Uint8Array[] = [];
  readonly #permitted = new Set<Uint8Array>();
  #questions = 0;
  #asked: Question | undefined;
  #toSecure: ('client' | 'server')[] = [];
  #isLoggedIn = false;
  #hadTls = false;
  #hasEnded = false;

  constructor({ verdicts, asksSession }: Dialogue) {
    this.#verdicts = verdicts;
    this.#session = new Session(
      {
        server: { name: 'db1', host: '10.0.0.1', port: 3306, binlogDump: 'deny' },
        session: 1,
        client: { address: '10.9.9.9', port: 5555 },
        statementBytes: 2 ** 30,
        requireTls: false,
        readText: asksSession ? readOpenly : readWords,
        dialect: () => undefined,
        metrics: { command: () => {}, unguarded: () => {}, asked: () => {} },
      },
      (effect) => this.#look(effect),
    );
  }

  event(event: SessionEvent): void {
    this.#session.handle(event);
    while (this.#asked !== undefined || this.#toSecure.length > 0) {
      const leg = this.#toSecure.shift();
      if (leg !== undefined) this.#session.handle({ kind: 'secured', leg });
      const question = this.#asked;
      this.#asked = undefined;
      const judgement = question && this.#answer(question);
      if (judgement !== undefined) this.#session.handle({ kind: 'judged', judgement });
    }
  }

  played(): Played {
    return {
      toServer: Buffer.concat(this.#toServer),
      toClient: Buffer.concat(this.#toClient),
      questions: this.#questions,
      ended: this.#session.ended,
      hadTls: this.#hadTls,
    };
  }

  #answer(question: Question): Judgement | undefined {
    const verdict = this.#verdicts[this.#questions] ?? 'never';
    this.#questions += 1;
    if (verdict === 'never') return undefined;
    if (verdict === 'permit') {
      this.#permitted.add(question.payload);
      const permit = permitDecided(question.payload, PERMITTED_BY_TEST);
      return { kind: 'permitted', recordId: 'p', permit };
    }
    const refused = { kind: 'refused', message: 'Interlock refused', recordId: 'r' } as const;
    return verdict === 'refuse' ? refused : { ...refused, afterwards: verdict };
  }

  #look(effect: Effect): void {
    if (this.#hasEnded && effect.kind !== 'answered') {
      throw new Error(`${effect.kind} after the session's end`);
    }
    switch (effect.kind) {
      case 'forward':
        this.#checkForward(effect);
        this.#toServer.push(...effect.packet.frames);
        return;
      case 'forward-held':
        if (!this.#isLoggedIn) throw new Error('a held statement before the login');
        this.#toServer.push(effect.bytes);
        return;
      case 'forward-file-data':
      case 'forward-authentication':
        this.#checkContinuation(effect);
        this.#toServer.push(effect.bytes);
        return;
      case 'to-client':
        this.#toClient.push(effect.bytes);
        if (Buffer.from(effect.bytes).includes(OUR_FAULT)) throw new Error('a bug of ours');
        return;
      case 'judge':
        if (effect.question.refusal?.rule === 'built-in-failure') throw new Error('a bug of ours');
        this.#asked = effect.question;
        return;
      case 'upgrade-tls':
        this.#toSecure.push(effect.leg);
        this.#hadTls = true;
        return;
      case 'logged-in':
        this.#isLoggedIn = true;
        return;
      case 'end':
        this.#hasEnded = true;
        if (effect.why.includes(OUR_FAULT)) throw new Error(effect.why);
        return;
      case 'answered':
      case 'client-flow':
      case 'finish-server':
      case 'dismiss-client':
      case 'linger':
      case 'transaction-ended':
        return;
    }
    effect satisfies never;
  }

  /** What a server would take for a command begins with the sequence id 0. */
  #checkContinuation({ kind, bytes }: { readonly kind: string; readonly bytes: Uint8Array }): void {
    if (!this.#isLoggedIn && kind === 'forward-file-data')
      throw new Error('a file before the login');
    if (this.#isLoggedIn && bytes[3] === 0) throw new Error(`a command passes as ${kind}`);
  }

  /** The client must have been told of it, unless it means the last one. */
  #checkId(id: Buffer): void {
    const told = Buffer.concat([Buffer.of(0), id]);
    const isLast = id.equals(Buffer.alloc(4, 0xff));
    if (!isLast && !Buffer.concat(this.#toClient).includes(told)) {
      throw new Error(`statement ${id.toString('hex')} passes and was never prepared`);
    }
  }

  #checkForward({ packet, permit }: Extract<Effect, { kind: 'forward' }>): void {
    const { payload, frames } = packet;
    if (!this.#isLoggedIn) throw new Error('a command before the login');
    if (!covers(permit, payload)) throw new Error('a permit for other bytes');
    if (!Buffer.concat(frames).subarray(4).equals(payload)) throw new Error('other bytes leave');
    const byte = payload[0];
    if (byte === undefined || REFUSED_BYTES.has(byte)) throw new Error(`command ${byte} passes`);
    if (byte === 0x17 || byte === 0xfa) this.#checkId(payload.subarray(1, 5));
    const isText = byte === 0x03 || byte === 0x16;
    const isGuarded = isText && /DROP\s+TABLE/i.test(payload.toString('latin1'));
    if (isGuarded && !this.#permitted.has(payload))
      throw new Error('a guarded text passes unasked');
  }
}

const PERMITTED_BY_TEST = {
  verdict: 'permit',
  rule: 'none',
  wouldBe: 'permit',
  mode: 'enforce',
  matches: [],
  revision: '',
} as const;
