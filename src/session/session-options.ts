// What a session is given from outside: its limits, its place, and the functions it asks. Types
// only.
import type { ServerConfig } from '../config/config.js';
import type { Dialect, ReadContext } from '../sql/dialect.js';
import type { FiringNames } from '../sql/firing-names.js';
import type { TextFacts } from '../sql/statement-facts.js';
import type { CommandName } from '../wire/commands.js';
import type { DeclaredReader } from './declared-readers.js';

export type ReadText = (text: Uint8Array, context: ReadContext) => TextFacts;

/** What the session counts on; admin/metrics.ts is one. Both only add to a number. */
export interface SessionMetrics {
  command(server: string, command: CommandName): void;
  unguarded(server: string): void;
  /** A statement whose session was asked first. */
  asked(server: string, why: AskedWhy): void;
}

/**
 * Why a session is asked. `reading`: what the text does hangs on its modes. `variable`: it runs what
 * a variable holds. `logging`: whether it travels. `schema`: what its bare names mean.
 */
export const ASKED_WHY = ['reading', 'variable', 'logging', 'schema'] as const;
export type AskedWhy = (typeof ASKED_WHY)[number];

export interface SessionOptions {
  readonly server: Pick<ServerConfig, 'name' | 'host' | 'port' | 'binlogDump'>;
  /** Who may read this server's binary log, because it was declared to apply nothing of it. */
  readonly readers?: readonly DeclaredReader[];
  /** Interlock's own number of this session. */
  readonly session: number;
  readonly client: { readonly address: string; readonly port: number };
  /** The client came by a Unix socket, and sends passwords as if the whole way were safe. */
  readonly isLocalClient?: boolean;
  /** The longest statement that is taken, in bytes. */
  readonly statementBytes: number;
  /** Refuse clients that do not ask for TLS. */
  readonly requireTls: boolean;
  readonly readText: ReadText;
  /** What fires code, as `readText` knows it now: another object once that has changed. */
  readonly firing?: () => FiringNames | undefined;
  /** What the monitor learned of the server; undefined until it has. */
  readonly dialect: () => Dialect | undefined;
  /** Whether this session could finish a transaction that is in flight in another. */
  readonly holdsOpen?: () => boolean;
  readonly metrics: SessionMetrics;
}
