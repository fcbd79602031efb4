import { describe, expect, it } from 'vitest';
import type { ReadContext } from '../../src/sql/dialect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { KNOWN, MARIADB } from './read-as.js';

const why = (sql: string, context: ReadContext) =>
  readText(Buffer.from(sql, 'latin1'), context).ambiguity;

describe('what a reading hangs on', () => {
  const { sqlMode: _mode, charset: _charset, ...context } = KNOWN;

  it.each([
    ["SELECT '\\'; DROP TABLE t; -- '", context, 'NO_BACKSLASH_ESCAPES in sql_mode'],
    ['SELECT "\\"; DROP TABLE t; -- "', { dialect: MARIADB }, 'ANSI_QUOTES in sql_mode'],
    ["SELECT '\xb3\\'; DROP TABLE t; -- '", { ...KNOWN, charset: 'odd' }, 'character_set_client'],
    ['/*!80000 DROP TABLE t */', {}, 'the flavour of the server, the version of the server'],
  ] as const)('is told of %s', (sql, known, fact) => {
    expect(why(sql, known)).toContain(`what it does hangs on ${fact}`);
  });

  it('is not told where every reading does the same', () => {
    expect(why("SELECT 'a\\\\b'; DROP TABLE t", context)).toBeUndefined();
  });
});
