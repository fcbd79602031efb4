// The statements of one probe round, per server line: what is asked, under which key the answer is
// found, and what it means when the right for it is missing. Text only; probing sends it.
import type { Dialect } from '../sql/dialect.js';
import { CONSUMER_UUID_VARIABLES, DUMP_COMMANDS, IDENTITY_VARIABLES, termsOf } from './terms.js';

export const QUESTION_KEYS = [
  'variables',
  'channels',
  'dumpThreads',
  'replicas',
  'coordinates',
  'consumerUuids',
  'failover',
  'groupMembers',
  'galera',
] as const;
export type QuestionKey = (typeof QUESTION_KEYS)[number];

export interface Question {
  readonly key: QuestionKey;
  readonly sql: string;
  /**
   * What its absence means. `silent`: nothing can be said of this server. `blind`: its links as a
   * source are unknown. `poorer`: told as a warning.
   */
  readonly without: 'silent' | 'blind' | 'poorer';
  /** The right it takes, as GRANT words it. */
  readonly right: string;
}

/** What a server was found to be when its connection was opened. */
export interface Learned {
  readonly dialect: Dialect;
  readonly versionText: string;
  /** CURRENT_USER(): the account that a GRANT has to name. */
  readonly account: string;
  /** Those of IDENTITY_VARIABLES that it has. */
  readonly variables: readonly string[];
  readonly logBin: boolean;
  readonly wsrep: boolean;
  readonly groupReplication: boolean;
}

/** A server may be set to answer every session with so many rows at most, or with none. */
export const ALL_ROWS = 'sql_select_limit = 18446744073709551615';

/** The first thing asked on a new connection: which server is this, whatever its greeting says. */
export const LEARN_SQL = [
  `SET SESSION autocommit = 1, sql_mode = '', ${ALL_ROWS}`,
  // Only MariaDB runs M! comments, and no option can change that.
  'SELECT 0 /*M! + 1 */ AS is_mariadb, VERSION() AS version, CURRENT_USER() AS account',
  `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${quotedList(IDENTITY_VARIABLES)})`,
].join('; ');

/** Fails with error 1227 unless PROCESS is held, directly or by a role; reads five rows. */
export const PROCESS_TEST_SQL = 'SELECT COUNT(*) AS n FROM information_schema.INNODB_CMP';

/** Whether the server runs what is meant for `version` and up: its real version decides. */
export function versionTestSql(version: number): string {
  const digits = String(version).padStart(5, '0');
  return `SELECT 0 /*!${digits} + 1 */ AS runs`;
}

export function questionsFor(learned: Learned): readonly Question[] {
  const terms = termsOf(learned.dialect);
  const questions: Question[] = [
    { key: 'variables', sql: variablesSql(learned.variables), without: 'silent', right: 'USAGE' },
    {
      key: 'channels',
      sql: terms.showChannels,
      without: 'silent',
      right: terms.rights.channels,
    },
    {
      key: 'dumpThreads',
      sql:
        'SELECT ID, USER, HOST FROM information_schema.PROCESSLIST ' +
        `WHERE COMMAND IN (${quotedList(DUMP_COMMANDS)})`,
      without: 'blind',
      right: terms.rights.process,
    },
    { key: 'replicas', sql: terms.showReplicas, without: 'blind', right: terms.rights.replicas },
  ];
  return [...questions, ...optionalQuestions(learned)];
}

function optionalQuestions(learned: Learned): readonly Question[] {
  const terms = termsOf(learned.dialect);
  const questions: Question[] = [];
  if (learned.logBin) {
    const sql = terms.showCoordinates;
    const right = terms.rights.coordinates;
    questions.push({ key: 'coordinates', sql, without: 'poorer', right });
  }
  if (terms.hasThreadVariables) questions.push(CONSUMER_UUIDS);
  if (terms.hasFailoverLists) questions.push(FAILOVER);
  // The plugin can be installed, and a group joined, while this connection stays open.
  if (terms.hasGroups) {
    questions.push({ ...GROUP_MEMBERS, without: learned.groupReplication ? 'blind' : 'poorer' });
  }
  if (learned.wsrep) questions.push(GALERA);
  return questions;
}

const CONSUMER_UUIDS: Question = {
  key: 'consumerUuids',
  sql:
    'SELECT t.PROCESSLIST_ID AS ID, v.VARIABLE_VALUE AS UUID ' +
    'FROM performance_schema.user_variables_by_thread v ' +
    'JOIN performance_schema.threads t ON t.THREAD_ID = v.THREAD_ID ' +
    `WHERE v.VARIABLE_NAME IN (${quotedList(CONSUMER_UUID_VARIABLES)})`,
  without: 'poorer',
  right: 'SELECT ON performance_schema.*',
};

const FAILOVER: Question = {
  key: 'failover',
  sql:
    'SELECT CHANNEL_NAME, HOST, PORT ' +
    'FROM performance_schema.replication_asynchronous_connection_failover',
  without: 'poorer',
  right: 'SELECT ON performance_schema.*',
};

/** A server set up for a group whose members it does not tell could be linked to anyone. */
const GROUP_MEMBERS: Omit<Question, 'without'> = {
  key: 'groupMembers',
  sql:
    'SELECT MEMBER_ID, MEMBER_HOST, MEMBER_PORT, MEMBER_STATE ' +
    'FROM performance_schema.replication_group_members',
  right: 'SELECT ON performance_schema.*',
};

const GALERA: Question = {
  key: 'galera',
  sql:
    "SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_cluster_size', " +
    "'wsrep_cluster_state_uuid', 'wsrep_connected', 'wsrep_incoming_addresses')",
  without: 'silent',
  right: 'USAGE',
};

function variablesSql(variables: readonly string[]): string {
  return `SELECT ${variables.map((name) => `@@GLOBAL.${name} AS ${name}`).join(', ')}`;
}

function quotedList(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}
