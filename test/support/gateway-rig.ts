// A gateway in front of any server, with the reader and the guard of verdicts.ts: what the tests of
// the relay look at is the way, not the verdict.
import { connect as connectSocket, type Socket } from 'node:net';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import { systemClock } from '../../src/clock.js';
import type { Limits, ServerConfig } from '../../src/config/config.js';
import { Admissions } from '../../src/gateway/admissions.js';
import { loadCertificate } from '../../src/gateway/certificate.js';
import type { Outcome } from '../../src/gateway/guard.js';
import { Listener } from '../../src/gateway/listener.js';
import type { ListenResult } from '../../src/gateway/listening.js';
import { Sessions } from '../../src/gateway/sessions.js';
import type { Question } from '../../src/policy/verdict.js';
import { readWords, refuse, type Verdict } from './verdicts.js';

export interface Rig {
  readonly gateway: {
    readonly sessions: number;
    drain(deadlineMs: number): Promise<void>;
    useTls: Sessions['useTls'];
  };
  readonly port: number;
  readonly admissions: Admissions;
  readonly listening: readonly ListenResult[];
  readonly questions: readonly Question[];
  readonly outcomes: readonly Outcome[];
  readonly warnings: readonly string[];
  /** How many were taken up so far. */
  commands(): number;
  connect(options?: ConnectionOptions): Promise<Connection>;
  socket(): Socket;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly server?: Partial<ServerConfig>;
  readonly limits?: Partial<Limits>;
  readonly requireTls?: boolean;
  readonly verdict?: Verdict;
  /** PEM of what the server leg trusts. */
  readonly ca?: string;
}

export async function startRig(
  target: { readonly host: string; readonly port: number },
  options: RigOptions = {},
): Promise<Rig> {
  const questions: Question[] = [];
  const outcomes: Outcome[] = [];
  const warnings: string[] = [];
  let commands = 0;
  const admissions = new Admissions();
  const verdict = options.verdict ?? refuse;
  const server: ServerConfig = {
    name: 'db1',
    ...target,
    listen: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
    mode: 'enforce',
    monitor: { user: 'interlock' },
    tls: { verify: 'none' },
    binlogDump: 'deny',
    ...options.server,
  };
  const limits: Limits = {
    connections: 100,
    unauthenticated: 50,
    unauthenticatedPerAddress: 50,
    handshakeTimeoutMs: 5_000,
    statementBytes: 2 ** 30,
    ...options.limits,
  };
  const log = {
    debug: () => {},
    warn: (_fields: object, message: string) => warnings.push(message),
  };
  const sessions = new Sessions({
    server,
    readers: [],
    limits,
    requireTls: options.requireTls ?? false,
    tls: {
      certificate: await loadCertificate({ require: false }, Date.now()),
      authorities: new Map(options.ca === undefined ? [] : [[server.name, options.ca]]),
    },
    guard: {
      judge: async (question) => {
        questions.push(question);
        return verdict(question);
      },
      answered: (_recordId, outcome) => outcomes.push(outcome),
      transactionEnded: () => undefined,
      left: () => undefined,
      holdsOpen: () => false,
    },
    readText: readWords,
    dialect: () => undefined,
    metrics: {
      command: () => {
        commands += 1;
      },
      unguarded: () => {},
      asked: () => {},
    },
    log,
  });
  const listener = new Listener({
    server,
    limits,
    open: (visit) => sessions.open(visit),
    metrics: { connections: () => {} },
    log,
    clock: systemClock,
    admissions,
  });
  const gateway: Rig['gateway'] = {
    get sessions() {
      return sessions.count;
    },
    drain: async (deadlineMs) => {
      listener.close();
      await sessions.drain(deadlineMs);
    },
    useTls: (material) => sessions.useTls(material),
  };
  const listening = await listener.start();
  const port = portOf(listening);
  return {
    gateway,
    port,
    admissions,
    listening,
    questions,
    outcomes,
    warnings,
    commands: () => commands,
    connect: (more = {}) => createConnection({ host: '127.0.0.1', port, ...more }),
    socket: () => connectSocket({ host: '127.0.0.1', port, allowHalfOpen: true }),
    close: () => gateway.drain(200),
  };
}

function portOf(results: readonly ListenResult[]): number {
  for (const result of results) {
    if (result.kind === 'listening' && result.address.kind === 'tcp') return result.address.port;
  }
  return 0;
}
