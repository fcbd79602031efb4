// What one session knows of itself once logged in: who it is, where it stands, what it prepared.
// The phases change it as the server confirms; nothing is taken from a client's word alone.
import type { Question, Requester } from '../policy/verdict.js';
import type { Dialect, ReadContext } from '../sql/dialect.js';
import type { Capabilities } from '../wire/capabilities.js';
import { SERVER_STATUS_AUTOCOMMIT } from '../wire/status-flags.js';
import { PreparedNames } from './prepared-names.js';
import { PreparedStatements } from './prepared-statements.js';
import { PresentedTokens } from './presented-tokens.js';
import { Transaction } from './transaction.js';
import type { Heard } from './unasked.js';

/** Who logged in, as the connection phase read it and the server accepted it. */
export interface Login {
  readonly capabilities: Capabilities;
  readonly threadId: number;
  readonly user: string;
  readonly database?: string;
  readonly program?: string;
  /** What the server said of the session as it began. */
  readonly statusFlags?: number;
  /** A password that the client sends in clear text would stay so on the way to the server. */
  readonly isClearOnward?: boolean;
}

export interface SessionIdentity {
  readonly server: string;
  readonly session: number;
  readonly address: string;
  readonly port: number;
}

export class SessionState {
  readonly capabilities: Capabilities;
  readonly isClearOnward: boolean;
  readonly statements = new PreparedStatements();
  readonly transaction = new Transaction();
  readonly #identity: SessionIdentity;
  readonly #threadId: number;
  #context: ReadContext = {};
  user: string;
  program: string | undefined;
  /** The default schema; undefined when there is none or it is not known. */
  database: string | undefined;
  /** Texts prepared by PREPARE. */
  readonly names = new PreparedNames();
  /** A MariaDB built without Galera has none of its variables. */
  lacksGalera = false;
  /** Its transactions are reported in what the server sends: a question would show there. */
  tracksTransactions = false;
  /** A routine failed, and what it did to tracked variables is told with the next OK. */
  owesTracking = false;
  /** After a denial with `then: latch`: no more writes. */
  latched = false;
  /** The request that a sealed key opened the glass for here: from then on all is recorded. */
  breakGlass: string | undefined;
  /** What it said when it was asked, while that may still be so. */
  heard: Heard | undefined;
  /** As the server last told them. */
  statusFlags: number;
  readonly tokens = new PresentedTokens();

  constructor(identity: SessionIdentity, login: Login) {
    this.#identity = identity;
    this.#threadId = login.threadId;
    this.capabilities = login.capabilities;
    this.isClearOnward = login.isClearOnward ?? false;
    this.user = login.user;
    this.database = login.database;
    this.program = login.program;
    this.statusFlags = login.statusFlags ?? SERVER_STATUS_AUTOCOMMIT;
  }

  /** Who asks, and the approvals it presents. */
  asking(): Pick<Question, 'requester' | 'tokens' | 'breakGlass'> {
    const tokens = this.tokens.all;
    const { breakGlass } = this;
    return {
      requester: this.requester(),
      ...(tokens.length === 0 ? {} : { tokens }),
      ...(breakGlass === undefined ? {} : { breakGlass }),
    };
  }

  requester(): Requester {
    return {
      ...this.#identity,
      threadId: this.#threadId,
      user: this.user,
      ...(this.program === undefined ? {} : { program: this.program }),
      ...(this.database === undefined ? {} : { database: this.database }),
    };
  }

  /** Asked for with every statement, so the same one is given until something has changed. */
  readContext(dialect: Dialect | undefined): ReadContext {
    const { database } = this;
    if (this.#context.dialect !== dialect || this.#context.database !== database) {
      this.#context = {
        ...(dialect === undefined ? {} : { dialect }),
        ...(database === undefined ? {} : { database }),
      };
    }
    return this.#context;
  }
}

/** Bytes that are the same characters in every character set that a client may speak. */
const SAME_EVERYWHERE = /^[ -?A-Z_a-z]+$/;

/**
 * A schema's name as text. Undefined when that hangs on the character set that the client speaks,
 * which only the server knows for sure: then the session is asked, if ever it matters.
 */
export function schemaName(bytes: Uint8Array): string | undefined {
  const name = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return SAME_EVERYWHERE.test(name) ? name : undefined;
}

/** MariaDB's accounts may be as long as this, others shorter; what is beyond is not looked at. */
const USER_CHARACTERS = 128;

/** Whom a server takes a user's name for; of a login it takes a pair of quotes off too (measured). */
export function accountName(name: string, from: 'login' | 'change-user'): string {
  const short = name.length > USER_CHARACTERS ? [...name].slice(0, USER_CHARACTERS).join('') : name;
  return from === 'login' && /^'.*'$/s.test(short) ? short.slice(1, -1) : short;
}
