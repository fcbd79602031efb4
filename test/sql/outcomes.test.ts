import { describe, expect, it } from 'vitest';
import { readText } from '../../src/sql/statement-facts.js';

const MYSQL = { dialect: { flavour: 'mysql', version: 90_704 } } as const;
const read = (sql: string, context = {}) => readText(Buffer.from(sql), { ...MYSQL, ...context });

describe('readings put together', () => {
  it('hang on the session when their effects differ by what it could tell', () => {
    const text = "SELECT 'it\\'; DROP TABLE t; -- '";
    expect(read(text).hangsOnSession).toBe('whether');
    expect(read('DROP TABLE a; SELECT "\\"; DROP TABLE b; -- "').hangsOnSession).toBe('what');
    expect(read(text, { sqlMode: '', charset: 'utf8mb4' }).hangsOnSession).toBeUndefined();
    expect(read("DROP TABLE t; SELECT 'it\\'s'").hangsOnSession).toBeUndefined();
    const versions = readText(Buffer.from('/*!80000 DROP TABLE t */'), {});
    expect(versions.effects).toHaveLength(1);
    expect(versions.hangsOnSession).toBeUndefined();
  });

  it('are one statement only if every one of them is', () => {
    // What the session does not know: after an error of one statement its schema is as before.
    for (const sql of ["SELECT '\\'; USE other; x -- '", "CALL p('\\'); USE other; -- ')"]) {
      expect(read(sql).statements.length, sql).toBe(sql.startsWith('S') ? 3 : 2);
      expect(read(sql, { sqlMode: '', charset: 'utf8mb4' }).statements, sql).toHaveLength(1);
    }
  });

  it('say where the default schema went only when every way through the text does', () => {
    const moves = (sql: string, context = {}) => read(sql, context).movesTo;
    const sure = { sqlMode: '', charset: 'utf8mb4' };
    // Measured: after it the schema is the one before, unless @m has NO_BACKSLASH_ESCAPES.
    expect(moves("SET sql_mode=@m; SELECT '\\'; USE other; -- '", sure)).toBe('unknown');
    expect(moves("USE b; SET sql_mode=@m; SELECT '\\'; USE other; -- '", sure)).toBe('unknown');
    expect(moves("USE b; SET sql_mode=@m; SELECT '\\'", sure)).toEqual({ schema: 'b' });
    expect(moves("SET sql_mode=''; SELECT '\\\\'; USE b", sure)).toEqual({ schema: 'b' });
    expect(moves("SELECT '\\'; USE other; -- '")).toBe('unknown');
  });

  it('say what a name was prepared from only when they agree', () => {
    expect(read("PREPARE s FROM 'SELECT 1'").prepares).toEqual({
      name: 's',
      text: new Uint8Array(Buffer.from('SELECT 1')),
    });
    expect(read("PREPARE s FROM 'SELECT \\'a\\''").prepares).toEqual({
      name: 's',
      text: new Uint8Array(Buffer.from("SELECT 'a'")),
    });
    expect(read("PREPARE s FROM 'SELECT \\\\'").prepares).toBe('unknown');
    expect(read('PREPARE s FROM "SELECT 1"').prepares).toEqual({
      name: 's',
      text: new Uint8Array(Buffer.from('SELECT 1')),
    });
    expect(read('PREPARE s FROM "SELECT 1"').effects).toEqual([]);
    expect(read('PREPARE s FROM "SELECT 1"', { sqlMode: 'ANSI_QUOTES' }).prepares).toEqual({
      name: 's',
      fails: true,
    });
    expect(read('PREPARE s FROM @v').prepares).toEqual({ name: 's' });
    expect(read('DROP TABLE t').prepares).toBeUndefined();
    for (const sql of ['CALL p()', 'EXECUTE s', "SELECT 1; PREPARE s FROM 'SELECT 1'"]) {
      expect(read(sql).prepares, sql).toBe('unknown');
    }
  });
});

describe('logging', () => {
  const open = (sql: string) => read(sql).effects.map(({ isLoggingOpen = false }) => isLoggingOpen);

  it('is open after whatever may have switched it, and in bodies', () => {
    expect(open('DROP TABLE t; SET sql_log_bin = 1')).toEqual([false, false]);
    expect(open('SET sql_log_bin = 1; DROP TABLE t')).toEqual([false, true]);
    expect(open('SET @@session.wsrep_on = 1; SELECT 1; TRUNCATE t')).toEqual([false, true]);
    expect(open('SET sql_mode = @m; SET sql_log_bin = 1; SET sql_mode = 1; DROP TABLE t')).toEqual([
      false,
      true,
    ]);
    expect(open('CALL p(); DROP TABLE t')).toEqual([false, true]);
    expect(open("SET @v = 'sql_log_bin'; DROP TABLE t")).toEqual([false]);
    expect(open('SET `sql_lòg_bin` = 1; DROP TABLE t').at(-1)).toBe(true);
    const mariadb = { dialect: { flavour: 'mariadb', version: 101_119 } } as const;
    const body = 'BEGIN NOT ATOMIC WHILE 1 DO DROP TABLE t; SET sql_log_bin = 1; END WHILE; END';
    expect(read(body, mariadb).effects[0]?.isLoggingOpen).toBe(true);
  });
});
