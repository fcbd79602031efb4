// What a server answered to the question about its session (policy/inquiry.ts words it). An answer
// that is not exactly as expected is none: then the most dangerous reading counts.
import type { Logging } from '../policy/logging.js';
import type { TextResultset, TextRow } from '../wire/packets/text-resultset.js';

export interface SessionAnswer {
  readonly sqlMode: string;
  readonly charset: string;
  /** Into which a prepared text is converted before it is read. */
  readonly connectionCharset: string | undefined;
  /** The default schema; undefined where there is none, or its name is not text. */
  readonly database: string | undefined;
  readonly foundRows: number;
  readonly logging: Logging;
  /** Which server the session is on, as topology/leg.ts compares it; undefined if unsure. */
  readonly leg: string | undefined;
  /** The bytes of the variable asked about, as PREPARE would take them; undefined if unsure. */
  readonly variable: Buffer | undefined;
}

/** Undefined for anything odd. */
export function sessionAnswerOf(result: TextResultset): SessionAnswer | undefined {
  if (result.kind !== 'rows' || result.rows.length !== 1) return undefined;
  const [row = []] = result.rows;
  const [mode, client, connection, schema] = row.slice(0, 4).map(hexOf);
  const [found, logBin, sessionLog] = row.slice(4, 7).map(numberOf);
  if (mode === undefined || !isWord(client) || found === undefined) return undefined;
  if (!isSwitch(logBin) || !isSwitch(sessionLog)) return undefined;
  return {
    sqlMode: mode.toString('latin1'),
    charset: client.toString('latin1'),
    connectionCharset: connection?.toString('latin1'),
    database: utf8Of(schema),
    foundRows: found,
    logging: {
      binlog: logBin === 1 && sessionLog === 1,
      galera: galeraOf(row),
      ...(isRsu(row) ? { isRsu: true } : {}),
    },
    leg: legOf(hexOf(row[9] ?? null)),
    variable: variableOf(row, connection),
  };
}

/** Its numbers come in character_set_connection, which may be two bytes a digit. */
function legOf(value: Buffer | undefined): string | undefined {
  return utf8Of(value === undefined ? undefined : Buffer.from(value.filter((byte) => byte !== 0)));
}

function galeraOf(row: TextRow): Logging['galera'] {
  const value = numberOf(row[7] ?? null);
  return isSwitch(value) ? value === 1 : 'unknown';
}

function isRsu(row: TextRow): boolean {
  return hexOf(row[8] ?? null)?.toString('latin1') === 'RSU';
}

/** Converting ASCII from one of these to another changes no byte. */
const ASCII_ALIKE: ReadonlySet<string> = new Set(
  'ascii utf8 utf8mb3 utf8mb4 latin1 latin2 cp1250 cp1251 gbk'.split(' '),
);
/** Not even a letter is one byte in these. */
const WIDE: ReadonlySet<string> = new Set('ucs2 utf16 utf16le utf32'.split(' '));
const BEYOND_ASCII = /[^\0-\x7f]/;

/** The server converts the text to character_set_connection before it reads it. */
function variableOf(row: TextRow, connection: Buffer | undefined): Buffer | undefined {
  const text = hexOf(row[10] ?? null);
  const own = hexOf(row[11] ?? null)?.toString('latin1');
  const target = connection?.toString('latin1');
  if (text === undefined || own === undefined || target === undefined) return undefined;
  if (WIDE.has(own) || WIDE.has(target)) return undefined;
  if (own === target || own === 'binary') return text;
  const isAlike = ASCII_ALIKE.has(own) && ASCII_ALIKE.has(target);
  return isAlike && !BEYOND_ASCII.test(text.toString('latin1')) ? text : undefined;
}

/** Text comes in any character set: to ASCII letters the widest only add zero bytes. */
function asciiOf(value: Buffer | null): string | undefined {
  if (value === null) return undefined;
  return Buffer.from(value.filter((byte) => byte !== 0)).toString('latin1');
}

function hexOf(value: Buffer | null): Buffer | undefined {
  const text = asciiOf(value);
  if (text === undefined || text.length % 2 !== 0 || !/^[0-9A-F]*$/.test(text)) return undefined;
  return Buffer.from(text, 'hex');
}

function numberOf(value: Buffer | null): number | undefined {
  const text = asciiOf(value);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function isSwitch(value: number | undefined): value is 0 | 1 {
  return value === 0 || value === 1;
}

function isWord(value: Buffer | undefined): value is Buffer {
  return value !== undefined && value.length > 0;
}

function utf8Of(bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** SHOW CREATE TABLE says of a temporary table that it is one; of anything else it can't. */
export function saysTemporary(result: TextResultset | undefined): boolean {
  if (result?.kind !== 'rows' || result.rows.length !== 1) return false;
  const statement = asciiOf(result.rows[0]?.[1]?.subarray(0, 256) ?? null);
  return statement?.startsWith('CREATE TEMPORARY TABLE ') === true;
}
