// What Interlock itself asks a server in a client's session, and in which words: a closed list, so
// that nothing else can be sent in a client's name. It reads variables and built-in functions only,
// which no client can shadow, and reads the same under every sql_mode and character set.

export type Inquiry =
  /** What the session is: see session/session-answer.ts for what comes back. */
  | {
      readonly kind: 'session';
      /** MariaDB's own variables; a server without them answers with an error. */
      readonly hasGalera: boolean;
      /** A user variable whose text is wanted too. */
      readonly variable?: string;
    }
  /** Whether this name is a temporary table here. */
  | { readonly kind: 'table'; readonly schema: string; readonly name: string }
  /** Puts back the FOUND_ROWS() that the first one took away. */
  | { readonly kind: 'found-rows'; readonly rows: number };

/** Longer texts in a variable are not asked for. */
export const VARIABLE_BYTES = 65_536;
/** What an answer may take: a variable in hexadecimal, in a character set of four bytes each. */
export const ANSWER_BYTES = VARIABLE_BYTES * 8 + 65_536;
/** More of them are not put back. */
export const FOUND_ROWS_MOST = 1_000;

/** Names that need no quoting which a mode or a character set could read in another way. */
const VARIABLE = /^[A-Za-z0-9_.$]{1,64}$/;
const NAME = /^[\x20-\x5b\x5d-\x5f\x61-\x7e]{1,64}$/;

/** Whether a name can be asked about in words that have one meaning. */
export function isAskable(name: string): boolean {
  return NAME.test(name);
}

/** Throws for what it has no safe words for. */
export function inquiryText(inquiry: Inquiry): string {
  switch (inquiry.kind) {
    case 'session':
      return sessionText(inquiry);
    case 'table':
      return `SHOW CREATE TABLE ${quoted(inquiry.schema)}.${quoted(inquiry.name)}`;
    case 'found-rows':
      return foundRowsText(inquiry.rows);
  }
  return inquiry satisfies never;
}

/**
 * What tells the server that this session is on from any other that replicates with it. The monitor
 * asks for the same: an address may be a load balancer's, with another server behind it by now.
 */
export const WHICH_SERVER =
  'CONCAT_WS(0x0A,@@GLOBAL.server_id,@@GLOBAL.hostname,@@GLOBAL.port,@@GLOBAL.datadir)';

/** HEX, because a string comes in character_set_results, whatever that is. */
function sessionText({ hasGalera, variable }: Extract<Inquiry, { kind: 'session' }>): string {
  const columns = [
    'HEX(@@SESSION.sql_mode)',
    'HEX(@@SESSION.character_set_client)',
    'HEX(@@SESSION.character_set_connection)',
    'HEX(DATABASE())',
    'FOUND_ROWS()',
    '@@GLOBAL.log_bin',
    '@@SESSION.sql_log_bin',
    ...(hasGalera ? ['@@SESSION.wsrep_on', 'HEX(@@SESSION.wsrep_OSU_method)'] : ['NULL', 'NULL']),
    `HEX(${WHICH_SERVER})`,
    ...(variable === undefined ? [] : variableColumns(variable)),
  ];
  // With a LIMIT of its own it gives its row whatever sql_select_limit says.
  return `SELECT ${columns.join(',')} LIMIT 1`;
}

function variableColumns(name: string): readonly string[] {
  if (!VARIABLE.test(name)) throw new Error('no words to ask for this variable');
  const variable = `@\`${name}\``;
  return [
    `IF(OCTET_LENGTH(${variable})<=${VARIABLE_BYTES},HEX(CAST(${variable} AS BINARY)),NULL)`,
    `HEX(CHARSET(${variable}))`,
  ];
}

function foundRowsText(rows: number): string {
  if (!Number.isInteger(rows) || rows < 0 || rows > FOUND_ROWS_MOST) {
    throw new Error(`no words for ${rows} rows`);
  }
  if (rows === 0) return 'SELECT 1 LIMIT 0';
  // No derived tables, which would be fewer words: they show in the session's counters, and a LIMIT
  // over them has MariaDB log by rows for as long as the session has a temporary table (measured).
  return `${Array.from({ length: rows }, () => 'SELECT 1').join(' UNION ALL ')} LIMIT ${rows}`;
}

function quoted(name: string): string {
  if (!isAskable(name)) throw new Error('no words to ask about this name');
  return `\`${name}\``;
}
