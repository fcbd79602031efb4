// A session without sockets: events in, effects out, in short words, so that a test reads like the
// dialogue it states.
import type { Question } from '../../src/policy/verdict.js';
import type { Effect, Outcome } from '../../src/session/effects.js';
import type { SessionEvent } from '../../src/session/events.js';
import { Session } from '../../src/session/session.js';
import type { SessionOptions } from '../../src/session/session-options.js';
import {
  errPayload,
  greeting,
  handshakeResponse,
  okPayload,
  packet,
  type ResponseShape,
  resultSet,
} from './packets.js';
import { permit, readWords } from './verdicts.js';

/** What there is to say of a session; everything has its usual value. */
export interface SessionSays {
  readonly sqlMode?: string;
  readonly charset?: string;
  readonly connection?: string;
  readonly database?: string | null;
  readonly foundRows?: number;
  readonly logBin?: number;
  readonly sqlLogBin?: number;
  readonly wsrepOn?: number;
  readonly method?: string;
  readonly leg?: string;
  readonly variable?: string | null;
  readonly variableCharset?: string;
}

export function sessionRow(says: SessionSays = {}): readonly (string | null)[] {
  const { database = 'shop', variable } = says;
  const hex = (value: string): string => Buffer.from(value).toString('hex').toUpperCase();
  const row = [
    hex(says.sqlMode ?? ''),
    hex(says.charset ?? 'utf8mb4'),
    hex(says.connection ?? 'utf8mb4'),
    database === null ? null : hex(database),
    String(says.foundRows ?? 1),
    String(says.logBin ?? 1),
    String(says.sqlLogBin ?? 1),
    says.wsrepOn === undefined ? null : String(says.wsrepOn),
    says.wsrepOn === undefined ? null : hex(says.method ?? 'TOI'),
    says.leg === undefined ? null : hex(says.leg),
  ];
  if (variable === undefined) return row;
  const held = variable === null ? null : hex(variable);
  return [...row, held, hex(says.variableCharset ?? 'utf8mb4')];
}

export class Playbook {
  readonly session: Session;
  /** Everything since the last look. */
  #effects: Effect[] = [];
  readonly questions: Question[] = [];
  readonly outcomes: Outcome[] = [];
  readonly commands: string[] = [];
  readonly asked: string[] = [];

  constructor(options: Partial<SessionOptions> = {}) {
    const given: SessionOptions = {
      server: { name: 'db1', host: '10.0.0.1', port: 3306, binlogDump: 'deny' },
      session: 7,
      client: { address: '10.9.9.9', port: 5555 },
      statementBytes: 2 ** 30,
      requireTls: false,
      readText: readWords,
      dialect: () => undefined,
      metrics: {
        command: (_server, name) => this.commands.push(name),
        unguarded: () => {},
        asked: (_server, why) => this.asked.push(why),
      },
      ...options,
    };
    this.session = new Session(given, (effect) => {
      this.#effects.push(effect);
      if (effect.kind === 'judge') this.questions.push(effect.question);
      if (effect.kind === 'answered') this.outcomes.push(effect.outcome);
    });
  }

  /** A session in its command phase. */
  static loggedIn(options: Partial<SessionOptions> = {}, login: ResponseShape = {}): Playbook {
    const book = new Playbook(options);
    const common = login.common === undefined ? {} : { common: login.common };
    book.server(greeting({ ...common, mariadb: login.mariadb ?? 0 }));
    book.client(handshakeResponse(login)).server(packet(2, okPayload()));
    book.take();
    return book;
  }

  client(chunk: Uint8Array): this {
    return this.event({ kind: 'bytes', leg: 'client', chunk });
  }

  server(chunk: Uint8Array): this {
    return this.event({ kind: 'bytes', leg: 'server', chunk });
  }

  event(event: SessionEvent): this {
    this.session.handle(event);
    return this;
  }

  permit(): this {
    const question = this.questions.at(-1);
    if (question === undefined) throw new Error('nothing was asked');
    const judgement = permit(question);
    if (judgement instanceof Promise) throw new Error('a playbook does not wait');
    return this.event({ kind: 'judged', judgement });
  }

  /** What a server says when its session is asked (policy/inquiry.ts). */
  answer(says: SessionSays = {}, shape: { readonly deprecateEof?: boolean } = {}): this {
    return this.server(resultSet([sessionRow(says)], shape));
  }

  /** The same; of a table that is asked about, that there is none. */
  settle(says: SessionSays = {}): this {
    this.answer(says);
    const last = this.#effects.at(-1);
    const isAsked =
      last?.kind === 'forward' && last.packet.payload.includes('SHOW CREATE TABLE', 0, 'latin1');
    return isAsked ? this.server(packet(1, errPayload(1146))) : this;
  }

  refuse(message = 'Interlock refused', afterwards?: 'latch' | 'close'): this {
    const more = afterwards === undefined ? {} : { afterwards };
    return this.event({
      kind: 'judged',
      judgement: { kind: 'refused', message, recordId: 'r1', ...more },
    });
  }

  /** The effects since the last look. */
  take(): readonly Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** Their kinds. */
  kinds(): readonly string[] {
    return this.take().map((effect) => effect.kind);
  }

  /** What went to each leg since the last look, as bytes. */
  sent(): { readonly client: Buffer; readonly server: Buffer } {
    const client: Uint8Array[] = [];
    const server: Uint8Array[] = [];
    for (const effect of this.take()) {
      if (effect.kind === 'to-client') client.push(effect.bytes);
      if (effect.kind === 'forward') server.push(...effect.packet.frames);
      if (effect.kind === 'forward-held') server.push(effect.bytes);
      if (effect.kind === 'forward-authentication' || effect.kind === 'forward-file-data') {
        server.push(effect.bytes);
      }
    }
    return { client: Buffer.concat(client), server: Buffer.concat(server) };
  }

  /** The ERR packet at the end of what the client got: sequence id, number and text. */
  error(): { readonly sequenceId: number; readonly code: number; readonly message: string } {
    const { client } = this.sent();
    const at = client.lastIndexOf(Buffer.from('#')) - 7;
    if (at < 0 || client[at + 4] !== 0xff) throw new Error(`no error in ${client.toString('hex')}`);
    return {
      sequenceId: client[at + 3] ?? -1,
      code: client.readUInt16LE(at + 5),
      message: client.subarray(at + 13).toString(),
    };
  }
}
