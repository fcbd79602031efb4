// Runs a suite's statements on a real server, each read beforehand, and compares what was said with
// what the server then did. Keeps away from whatever would end the server or leave its folder.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../src/lab/lab.js';
import type { ServerLine } from '../../src/lab/lines.js';
import type { LabServer } from '../../src/lab/server.js';
import { type Dialect, versionNumber } from '../../src/sql/dialect.js';
import type { StatementEffect } from '../../src/sql/effect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { clean, ended, soon } from './exactness-server.js';
import { statementsOf } from './exactness-statements.js';
import {
  countersOf,
  DESTRUCTIVE,
  dispatchedBetween,
  isLoss,
  lostBetween,
  rowsOf,
  thingsOf,
} from './exactness-truth.js';
import { RawClient, type RawResult } from './raw-client.js';

export interface Figures {
  statements: number;
  /** Left out: they would end the server, leave its folder, or wait for somebody. */
  leftOut: number;
  destructive: number;
  harmless: number;
  /** Guarded, and of a kind whose truth the server does not tell: SET, START, DELETE, PREPARE. */
  notJudged: number;
  readonly missed: string[];
  readonly falseAlarms: string[];
}

export interface Run {
  readonly line: ServerLine;
  readonly lab: Lab;
  readonly files: readonly string[];
  /** It ends with the last file, or here. */
  readonly deadlineMs: number;
}

const UNSAFE =
  /\b(shutdown|restart|kill|install|uninstall|soname|outfile|dumpfile|infile|load_file|clone|sleep|get_lock|start\s+(slave|replica|all|group)|data\s+directory|index\s+directory|datafile|undofile|log_file|general_log|log_output|debug\w*|offline_mode|read_only|max_user_connections|max_connections|init_connect|init_file|require_secure|password\w*|root|log_bin_basename|identified|federated|wait_for\w*|innodb_\w*(file|dir|path|size|fast|force)\w*|keyring|encryption|mysql\s*\.|use\s+mysql|performance_schema|lock\s+instance|backup\s+stage|wait_until|master_pos_wait|benchmark|max_prepared_stmt_count|key_buffer_size|secure_auth|default_authentication)\b|\bmysql`?\s*\./i;

export async function runSuite(run: Run): Promise<Figures> {
  const figures: Figures = {
    statements: 0,
    leftOut: 0,
    destructive: 0,
    harmless: 0,
    notJudged: 0,
    missed: [],
    falseAlarms: [],
  };
  let server = await freshServer(run, 0);
  let number = 0;
  for (const file of run.files) {
    if (performance.now() > run.deadlineMs) break;
    const statements = statementsOf(await readFile(file, 'latin1'));
    try {
      await runFile({ run, server, figures, statements, file });
    } catch {
      number += 1;
      await server.discard();
      server = await freshServer(run, number);
    }
  }
  await server.discard();
  return figures;
}

const QUICK = ['--sync-binlog=0', '--innodb-flush-log-at-trx-commit=0'];

async function freshServer({ line, lab }: Run, number: number): Promise<LabServer> {
  const files = line === 'mysql-9' ? [] : [`--secure-file-priv=${lab.folder}`];
  return lab.start({
    line,
    name: `exact${number}`,
    gtid: false,
    options: [...QUICK, '--event-scheduler=OFF', '--local-infile=0', ...files],
  });
}

interface FileRun {
  readonly run: Run;
  readonly server: LabServer;
  readonly figures: Figures;
  readonly statements: readonly string[];
  readonly file: string;
}

interface Session {
  readonly client: RawClient;
  readonly id: number;
  counters: ReadonlyMap<string, number> | undefined;
  /** As they are, if nothing has run since that could change them. */
  things: ReadonlyMap<string, number> | undefined;
  sqlMode: string;
  charset: string;
  database: string | undefined;
}

async function runFile(of: FileRun): Promise<void> {
  const { server, run, figures } = of;
  await clean(server);
  const flavour = run.line.startsWith('mariadb') ? 'mariadb' : 'mysql';
  const dialect: Dialect = { flavour, version: versionNumber(server.version) ?? 0 };
  let session = await openSession(server);
  for (const sql of of.statements) {
    if (performance.now() > run.deadlineMs) break;
    if (UNSAFE.test(sql)) {
      figures.leftOut += 1;
      continue;
    }
    const judged = await judge({ sql, session, dialect, of }).catch(() => false);
    if (judged) continue;
    // It closed the session, waits for a lock, or left it in a state in which nothing can be asked.
    session.client.close();
    await ended(server, session.id);
    figures.leftOut += 1;
    session = await openSession(server);
  }
  session.client.close();
}

interface Judging {
  readonly sql: string;
  readonly session: Session;
  readonly dialect: Dialect;
  readonly of: FileRun;
}

const CHANGES_THINGS = /\b(alter|create|rename|import|load|convert|replace|truncate|drop)\b/i;
/** Neither these nor what they run change a table. */
const LEAVES_THINGS = /^\s*(show|explain|desc|describe|use|set\s+names)\b|^\s*select\b[^(]*$/i;
const CHANGES_SESSION = /\b(set|use|call|execute|drop|begin|prepare)\b/i;

async function judge({ sql, session, dialect, of }: Judging): Promise<boolean> {
  const { client, sqlMode, charset, database } = session;
  const context = { dialect, sqlMode, charset, ...(database === undefined ? {} : { database }) };
  const { effects } = readText(Buffer.from(sql, 'latin1'), context);
  const before = session.counters ?? (await soon(countersOf(client)));
  const looks = CHANGES_THINGS.test(sql);
  const things = looks ? (session.things ?? (await soon(thingsOf(client)))) : new Map();
  if (!LEAVES_THINGS.test(sql)) session.things = undefined;
  const results = await soon(client.query(sql));
  session.counters = await soon(countersOf(client));
  const dispatched = dispatchedBetween(before, session.counters);
  const lost = looks ? await lostSince(session, things, effects.length === 0) : [];
  record({ sql, effects, results, dispatched, lost, file: of.file, things }, of.figures);
  if (CHANGES_SESSION.test(sql)) await lookAround(session);
  return true;
}

/** A table that somebody else still held is not seen for a moment: so what nobody foretold is looked at again. */
async function lostSince(
  session: Session,
  things: ReadonlyMap<string, number>,
  isSurprise: boolean,
): Promise<readonly string[]> {
  session.things = await soon(thingsOf(session.client));
  const lost = lostBetween(things, session.things);
  if (!isSurprise || lost.length === 0) return lost;
  await sleep(SECOND_LOOK_MS);
  session.things = await soon(thingsOf(session.client));
  return lostBetween(things, session.things);
}

const SECOND_LOOK_MS = 500;

interface Outcome {
  readonly sql: string;
  readonly effects: readonly StatementEffect[];
  readonly results: readonly RawResult[];
  readonly dispatched: readonly string[];
  readonly lost: readonly string[];
  readonly file: string;
  readonly things: ReadonlyMap<string, number>;
}

function record(outcome: Outcome, figures: Figures): void {
  figures.statements += 1;
  const { effects, lost, dispatched } = outcome;
  const isConfirmed = effects.length > 0 && lost.length > 0;
  const isTemporary = /\btemporary\b/i.test(outcome.sql);
  // Rows go by a DELETE that restricts, and with a temporary table that hides another one.
  const isOrdinary = isTemporary || /^\s*(delete|replace|with)\b/i.test(outcome.sql);
  const isLost = lost.some(isLoss) && !isOrdinary;
  const isDestructive = isConfirmed || isLost || isDispatched(outcome);
  const said = `${effects.map(({ effect }) => effect).join(',')} | ${lost.join(',')} | ${dispatched.join(',')}`;
  const told = `${outcome.file}: ${said}: ${outcome.sql.trim()}`;
  if (isDestructive) {
    figures.destructive += 1;
    if (effects.length === 0) figures.missed.push(told);
    return;
  }
  figures.harmless += 1;
  if (effects.length === 0 || outcome.results.some(({ error }) => error !== undefined)) return;
  if (isFalseAlarm(outcome)) figures.falseAlarms.push(told);
  else figures.notJudged += 1;
}

/**
 * DROP TEMPORARY TABLE counts like DROP TABLE, and is the only DROP that a function may hold, so
 * that one without the word in the text is such a one. OR REPLACE counts like CREATE.
 */
function isDispatched({ sql, dispatched, effects }: Outcome): boolean {
  const isTemporary = /\btemporary\b/i.test(sql);
  return dispatched.some((name) => {
    if (name === 'drop_table' || name === 'drop_sequence') {
      const isByFunction = /^\s*(select|do)\b[^;]*$/i.test(sql);
      return !isTemporary && !isByFunction && (/drop/i.test(sql) || effects.length > 0);
    }
    if (name.startsWith('create_') && !isTemporary)
      return /\bor\s+replace\s+(?!.*\bview\b)/i.test(sql);
    return DESTRUCTIVE.has(name);
  });
}

const NOT_JUDGED = new Set([
  'drop-index',
  'drop-tablespace',
  'run-opaque',
  'delete-unbounded',
  'update-unbounded',
  'unlog',
  'destroy-history',
  'relink',
]);

/**
 * Dropped and added again, exchanged for as much, or IGNORE of rows that all fit here and may not
 * where it is replicated to: nothing is missing, and yet that hangs on the data alone.
 */
const LOSES_BY_DATA =
  /^\s*(?:set\s+statement\b[\s\S]*?\bfor\s+)?alter\b[\s\S]*\b(?:ignore|drop|exchange|truncate|reorganize|convert|engine)\b/i;

function isFalseAlarm({ sql, effects, things }: Outcome): boolean {
  if (effects.every(({ effect, deferred }) => deferred || NOT_JUDGED.has(effect))) return false;
  // Prepared now, run later; there only if it exists; done to a table of this session alone.
  if (/\bprepare\b|\bif\s+exists\b/i.test(sql)) return false;
  if (LOSES_BY_DATA.test(sql)) return false;
  const objects = effects.flatMap((effect) => effect.objects);
  return objects.every(({ schema, name }) => {
    const table = `rows ${schema}.${name}`.toLowerCase();
    return (
      effects.some(({ effect }) => effect === 'unreadable') ||
      [...things.keys()].some((thing) => thing.toLowerCase() === table)
    );
  });
}

async function lookAround(session: Session): Promise<void> {
  const sql = 'SELECT @@sql_mode, @@character_set_client, DATABASE()';
  const [row] = await soon(rowsOf(session.client, sql));
  session.sqlMode = row?.[0] ?? '';
  session.charset = row?.[1] ?? '';
  session.database = row?.[2] ?? undefined;
}

async function openSession(server: LabServer): Promise<Session> {
  const client = await soon(RawClient.open(server.port));
  await soon(client.query('CREATE DATABASE IF NOT EXISTS test'));
  await soon(client.query('USE test'));
  const [row] = await soon(rowsOf(client, 'SELECT CONNECTION_ID()'));
  const session: Session = {
    client,
    id: Number(row?.[0]),
    counters: undefined,
    things: undefined,
    sqlMode: '',
    charset: '',
    database: undefined,
  };
  await lookAround(session);
  return session;
}
