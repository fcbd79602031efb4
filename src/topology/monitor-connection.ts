// One connection to one server under the monitor account, and what was learned when it was opened:
// the real flavour and version, the rights, the questions it may ask. Sends only questions.ts' SQL.
import { type Connection, createConnection } from 'mysql2';
import type { Rows } from './answer.js';
import { learnedFrom, realVersion } from './dialect-of-server.js';
import { connectionOptions, type Target } from './driver-options.js';
import { type Asked, failureOf, isMissingRight, lacksRight, type ProbeFailure } from './failure.js';
import {
  LEARN_SQL,
  type Learned,
  PROCESS_TEST_SQL,
  type Question,
  type QuestionKey,
  questionsFor,
  versionTestSql,
} from './questions.js';
import { rowsOf } from './rows.js';

/** What can be asked on an open connection, and what cannot. */
export interface Session {
  readonly learned: Learned;
  readonly missingRights: readonly string[];
  readonly warnings: readonly string[];
  /** All questions in one round trip. */
  ask(): Promise<Rows>;
  /** Only those that tell where the binary log stands. */
  coordinates(): Promise<Rows>;
  destroy(): void;
}

/** A connection on its way: it can be given up before it is there. */
export interface Opening {
  readonly session: Promise<Session>;
  destroy(): void;
}

/** Thrown by `Opening.session` and `Session.ask`: the reason is already in words. */
export class ProbeError extends Error {
  readonly failure: ProbeFailure;

  constructor(failure: ProbeFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'ProbeError';
    this.failure = failure;
  }
}

export function openMonitorConnection(target: Target): Opening {
  const connection = createConnection(connectionOptions(target));
  // A connection that breaks while idle is noticed at the next question; it must not end Interlock.
  connection.on('error', () => undefined);
  const asked = askedOf(target);
  const session = start(connection, asked).catch((error: unknown) => {
    connection.destroy();
    throw probeError(error, asked);
  });
  return { session, destroy: () => connection.destroy() };
}

async function start(connection: Connection, asked: Asked): Promise<Session> {
  await connected(connection);
  const results = await query(connection, LEARN_SQL);
  const claimed = learnedFrom(results);
  const version = await realVersion(claimed.dialect, async (candidate) =>
    rowsOf(await query(connection, versionTestSql(candidate))),
  );
  const learned = { ...claimed, dialect: { ...claimed.dialect, version } };
  const found = await questionsAllowed(connection, learned, asked);
  const warnings = [...found.warnings, ...versionWarning(claimed, learned)];
  return sessionOn(connection, asked, { learned, ...found, warnings });
}

interface Found {
  readonly questions: readonly Question[];
  readonly missingRights: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Each question is tried alone, once a connection: one that fails inside a round would take the
 * answers after it along. Rights are fixed for a connection's life, so once is enough.
 */
async function questionsAllowed(
  connection: Connection,
  learned: Learned,
  asked: Asked,
): Promise<Found> {
  const questions: Question[] = [];
  const missingRights: string[] = [];
  const warnings: string[] = [];
  if (!(await isAllowed(connection, PROCESS_TEST_SQL))) missingRights.push('PROCESS');
  for (const question of questionsFor(learned)) {
    if (await isAllowed(connection, question.sql)) {
      questions.push(question);
      continue;
    }
    if (question.without === 'silent') {
      throw new ProbeError(lacksRight(asked, question.right, learned.account));
    }
    if (question.without === 'blind') missingRights.push(question.right);
    else warnings.push(`cannot see ${WHAT[question.key]}, for lack of ${question.right}`);
  }
  return { questions, missingRights, warnings };
}

/** MariaDB tells its GTIDs among its variables. */
const TELL_COORDINATES: ReadonlySet<QuestionKey> = new Set<QuestionKey>([
  'variables',
  'coordinates',
]);

/** What a question is for, in the words of a warning. */
const WHAT = {
  variables: 'its settings',
  channels: 'its replication channels',
  dumpThreads: 'who reads its binary log',
  replicas: 'its list of replicas',
  coordinates: 'its binary log position',
  consumerUuids: 'which replica a dump thread serves',
  failover: 'failover lists',
  groupMembers: 'the members of its group',
  galera: 'the members of its cluster',
} as const satisfies Record<QuestionKey, string>;

function versionWarning(claimed: Learned, learned: Learned): readonly string[] {
  if (claimed.dialect.version === learned.dialect.version) return [];
  return [
    `says it is version ${claimed.versionText} but runs comments up to ${learned.dialect.version}`,
  ];
}

function sessionOn(
  connection: Connection,
  asked: Asked,
  found: Found & { readonly learned: Learned },
): Session {
  const telling = found.questions.filter(({ key }) => TELL_COORDINATES.has(key));
  const asking = (questions: readonly Question[]) => async (): Promise<Rows> => {
    const sql = questions.map((question) => question.sql).join('; ');
    const results = await queryOrFail(connection, sql, asked);
    return Object.fromEntries(
      questions.map((question, index) => [question.key, rowsOf(results[index])]),
    );
  };
  return {
    learned: found.learned,
    missingRights: found.missingRights,
    warnings: found.warnings,
    ask: asking(found.questions),
    // Two, or none: several answers come as a list of lists.
    coordinates: telling.length === TELL_COORDINATES.size ? asking(telling) : async () => ({}),
    destroy: () => connection.destroy(),
  };
}

function connected(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.connect((error) => (error === null ? resolve() : reject(error)));
  });
}

function query(connection: Connection, sql: string): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    connection.query(sql, (error, results: unknown) => {
      if (error !== null) reject(error);
      else resolve(Array.isArray(results) ? results : []);
    });
  });
}

async function queryOrFail(
  connection: Connection,
  sql: string,
  asked: Asked,
): Promise<readonly unknown[]> {
  try {
    return await query(connection, sql);
  } catch (error) {
    throw probeError(error, asked);
  }
}

async function isAllowed(connection: Connection, sql: string): Promise<boolean> {
  try {
    await query(connection, sql);
    return true;
  } catch (error) {
    if (isMissingRight(error)) return false;
    throw error;
  }
}

function probeError(error: unknown, asked: Asked): ProbeError {
  if (error instanceof ProbeError) return error;
  return new ProbeError(failureOf(error, asked), { cause: error });
}

export function askedOf(target: Target): Asked {
  return {
    server: target.server,
    address: `${target.host}:${target.port}`,
    user: target.user,
  };
}
