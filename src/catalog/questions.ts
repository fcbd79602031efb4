// The statements by which a server is asked for the code it keeps, the same on every line. Text only;
// catalog-connection.ts sends it. All of it is meant for `sql_mode=''`.
import { ALL_ROWS } from '../topology/questions.js';

/** Raw bytes: code is read in the bytes that the server keeps, under its own character set. */
export const OPEN_SQL =
  "SET SESSION autocommit = 1, sql_mode = '', character_set_results = NULL, lock_wait_timeout = 2, " +
  ALL_ROWS;

/** Functions by name, with a fingerprint that changes when their code does. */
export const FUNCTIONS_SQL =
  'SELECT ROUTINE_SCHEMA AS `schema`, ROUTINE_NAME AS name, ROUTINE_TYPE AS kind, ' +
  "SHA2(CONCAT_WS('|', ROUTINE_DEFINITION, SQL_MODE, CHARACTER_SET_CLIENT, LAST_ALTERED), 256) AS mark " +
  "FROM information_schema.ROUTINES WHERE ROUTINE_TYPE IN ('FUNCTION', 'PACKAGE BODY')";

export const TRIGGERS_SQL =
  'SELECT TRIGGER_SCHEMA AS `schema`, TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS `table`, ' +
  "EVENT_MANIPULATION AS events, SHA2(CONCAT_WS('|', ACTION_STATEMENT, SQL_MODE, " +
  'CHARACTER_SET_CLIENT, CREATED), 256) AS mark FROM information_schema.TRIGGERS';

export const VIEWS_SQL =
  'SELECT TABLE_SCHEMA AS `schema`, TABLE_NAME AS name, VIEW_DEFINITION AS definition ' +
  "FROM information_schema.VIEWS WHERE TABLE_SCHEMA NOT IN ('sys', 'performance_schema')";

export const GRANTS_SQL = 'SHOW GRANTS';

/** Kinds of code that a SHOW CREATE shows, and the column it shows it in. */
export const CODE_KINDS = {
  PROCEDURE: 'Create Procedure',
  FUNCTION: 'Create Function',
  'PACKAGE BODY': 'Create Package Body',
  TRIGGER: 'SQL Original Statement',
  EVENT: 'Create Event',
} as const;
export type CodeKind = keyof typeof CODE_KINDS;

export function showCodeSql(kind: CodeKind, schema: string, name: string): string {
  return `SHOW CREATE ${kind} ${quoted(schema)}.${quoted(name)}`;
}

export function showTableSql(schema: string, name: string): string {
  return `SHOW CREATE TABLE ${quoted(schema)}.${quoted(name)}`;
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
