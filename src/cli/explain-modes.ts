// The modes that `interlock explain --sql-mode` takes. A server says no to a mode that it does not know;
// here a slip would be read as no mode at all, and the answer would be wrong without a word.
import { didYouMean } from '../config/spelling.js';

/** Of every supported server, those that stand for several included. */
const MODES: readonly string[] =
  `ALLOW_INVALID_DATES ANSI ANSI_QUOTES DB2 EMPTY_STRING_IS_NULL ERROR_FOR_DIVISION_BY_ZERO
  HIGH_NOT_PRECEDENCE IGNORE_BAD_TABLE_OPTIONS IGNORE_SPACE MAXDB MSSQL MYSQL323 MYSQL40
  NO_AUTO_CREATE_USER NO_AUTO_VALUE_ON_ZERO NO_BACKSLASH_ESCAPES NO_DIR_IN_CREATE
  NO_ENGINE_SUBSTITUTION NO_FIELD_OPTIONS NO_KEY_OPTIONS NO_TABLE_OPTIONS NO_UNSIGNED_SUBTRACTION
  NO_ZERO_DATE NO_ZERO_IN_DATE ONLY_FULL_GROUP_BY ORACLE PAD_CHAR_TO_FULL_LENGTH PIPES_AS_CONCAT
  POSTGRESQL REAL_AS_FLOAT SIMULTANEOUS_ASSIGNMENT STRICT_ALL_TABLES STRICT_TRANS_TABLES
  TIME_ROUND_FRACTIONAL TIME_TRUNCATE_FRACTIONAL TRADITIONAL`.split(/\s+/);

/** What is wrong with this value, in words. */
export function unknownMode(sqlMode: string | undefined): string | undefined {
  const names = (sqlMode ?? '').toUpperCase().split(',');
  const unknown = names.find((name) => name !== '' && !MODES.includes(name));
  if (unknown === undefined) return undefined;
  const hint = didYouMean(unknown, MODES);
  return `--sql-mode ${unknown}: no server knows this mode${hint === undefined ? '' : `; ${hint}`}`;
}
