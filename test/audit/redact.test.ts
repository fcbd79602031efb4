// What people may read of a statement, under every reading a server could make of it.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { redact, redactStatement, STATEMENT_SCAN_BYTES } from '../../src/audit/redact.js';
import { cpuMs } from '../support/cpu-time.js';
import { fc } from '../support/properties.js';

const shown = (text: string) => redact(Buffer.from(text, 'utf8'));
const shownBytes = (text: string) => redact(Buffer.from(text, 'latin1'));

describe('literals and names', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['DROP TABLE app.orders', 'DROP TABLE app.orders'],
    ["DELETE FROM t WHERE a = 'secret'", 'DELETE FROM t WHERE a = ?'],
    ['DELETE FROM t WHERE a = "secret" OR b = 42', 'DELETE FROM t WHERE a = ? OR b = ?'],
    ["SELECT 'it''s', 'a' 'b'", 'SELECT ?, ? ?'],
    ['SELECT 1.5, .5, 1e10, 1.5e-3, 0xCAFE, 0b101', 'SELECT ?, .?, ?, ?-?, ?, ?'],
    ["SELECT X'CAFE', b'01', N'name', _utf8mb4'x'", 'SELECT X?, b?, N?, _utf8mb4?'],
    ['SELECT t1.c2 FROM `my 1 table`', 'SELECT t1.c2 FROM `my 1 table`'],
    ['DROP TABLE 2016_backup, t2016', 'DROP TABLE 2016_backup, t2016'],
    ['SELECT 1e5abc', 'SELECT ?'],
    ['SELECT ?  ,\n\t:x', 'SELECT ? , :x'],
    ['  DROP   TABLE\tt  ', 'DROP TABLE t'],
    ['', ''],
  ];
  it.each(cases)('shows %j as %j', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });
});

describe('comments', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['DROP /* pw=hunter2 */ TABLE t', 'DROP TABLE t'],
    ['DROP TABLE t -- hunter2\n, u # hunter2', 'DROP TABLE t , u'],
    ['SELECT 5--1', 'SELECT ?--?'],
    ['SELECT a/*/ hidden */b', 'SELECT a b'],
    ['/*!50001 DROP TABLE t */', '/*!50001 DROP TABLE t */'],
    ["/*!100100 SET @a='x' */", '/*!100100 SET @a=? */'],
    ["/*M!100100 SET @a='x' */", '/*M!100100 SET @a=? */'],
    ["SELECT /*+ SET_VAR(a='x') */ 1", 'SELECT /*+ SET_VAR(a=?) */ ?'],
  ];
  it.each(cases)('shows %j as %j', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it('masks what is a literal only to a server that skips the comment before it', () => {
    expect(shown("/*!99999 ' */ SELECT 'hunter2' /*!99999 ' */")).not.toContain('hunter2');
    expect(shown("/*!99999 /* a */ ' */ SELECT 'hunter2'")).not.toContain('hunter2');
    expect(shown("SELECT /*!1 '*/' */*'hunter2'")).not.toContain('hunter2');
  });
});

describe('readings that differ', () => {
  it.each([
    ['NO_BACKSLASH_ESCAPES, inside', "SELECT 'a\\', hunter2, 'b'"],
    ['NO_BACKSLASH_ESCAPES, outside', "SELECT 'a\\', 'hunter2'"],
    ['ANSI_QUOTES', `SELECT "a'b", 'hunter2', "c'd"`],
    ['MySQL 9 dollar quotes', "SELECT $x$ it's hunter2 $x$, 'hunter2'"],
    ['MSSQL brackets', "SELECT [a'b], 'hunter2'"],
  ])('masks what any reading calls a literal: %s', (_, text) => {
    expect(shown(text)).not.toContain('hunter2');
  });

  it.each([
    ['a swallowed backslash', "SELECT '\xbf\\', hunter2, '\xbf\\' , 'hunter2'"],
    ['a swallowed backtick', "SELECT `\xbf`, 'hunter2` , hunter2'"],
    ['latin1 white space before a number', 'SELECT x\xa0123456 AS y'],
    ['a swallowed backtick in code', "SELECT \xbf`, 'hunter2', b`"],
    ['a latin1 comment', "SELECT a --\xa0it's\n, 'hunter2'"],
  ])('counts multi-byte and latin1 readings: %s', (_, text) => {
    const out = shownBytes(text);
    expect(out).not.toContain('hunter2');
    expect(out).not.toContain('123456');
  });

  it('keeps what every reading calls a name after plain literals', () => {
    expect(shown("SELECT 'caf\u00e9', 'a\\nb' FROM keep")).toBe('SELECT ?, ? FROM keep');
  });
});

describe('secrets', () => {
  it.each([
    "CREATE USER u IDENTIFIED BY 'hunter2'",
    'CREATE USER u IDENTIFIED BY hunter2!x',
    "ALTER USER u IDENTIFIED WITH mysql_native_password AS '*hunter2'",
    'CREATE USER u IDENTIFIED WITH sha256_password AS hunter2',
    'CREATE USER u IDENTIFIED VIA ed25519 USING PASSWORD(hunter2)',
    'SET PASSWORD FOR u = hunter2',
    "SET PASSWORD = PASSWORD('hunter2')",
    'CHANGE MASTER TO MASTER_PASSWORD=hunter2, MASTER_HOST=h',
    "CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = 'hunter2'",
    "CREATE TABLE f (a INT) ENGINE=FEDERATED CONNECTION='mysql://u:hunter2@h/d/t'",
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (PASSWORD 'hunter2')",
    "CREATE USER u IDENTIFIED BY /* note */ 'hunter2",
  ])('never shows the one in %j', (text) => {
    expect(shown(text)).not.toContain('hunter2');
  });

  it('masks no statement that follows a generated password', () => {
    expect(shown('ALTER USER u IDENTIFIED BY RANDOM PASSWORD; DROP TABLE t')).toBe(
      'ALTER USER u IDENTIFIED BY RANDOM PASSWORD; DROP TABLE t',
    );
  });
});

describe('the record of a text', () => {
  it('writes out what a terminal would obey, and what is not UTF-8', () => {
    expect(shown('DROP TABLE `a\u001b[2J\u202e`')).toBe('DROP TABLE `a\\x1b[2J\\u{202e}`');
    expect(shownBytes('DROP TABLE `a\xff`;')).toBe('DROP TABLE `a\\xff`;');
  });

  it('keeps head, tail, length and fingerprint of a long text', () => {
    const text = Buffer.from(`DROP TABLE ${'abcdefg,'.repeat(20_000)}last`);
    const kept = redactStatement(text);
    expect(kept.statement.length).toBeLessThan(66_000);
    expect(kept.statement.startsWith('DROP TABLE abcdefg,')).toBe(true);
    expect(kept.statement.endsWith(',last')).toBe(true);
    expect(kept.statement).toContain('94479 characters left out');
    expect(kept.statementBytes).toBe(text.length);
    expect(kept.statementSha256).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('shows nothing of what it did not read for masking', () => {
    const text = Buffer.concat([
      Buffer.from('DROP TABLE t; INSERT INTO u VALUES ('),
      Buffer.alloc(STATEMENT_SCAN_BYTES, "'x',"),
      Buffer.from("'hunter2')"),
    ]);
    const kept = redactStatement(text);
    expect(kept.statement).not.toContain('hunter2');
    expect(kept.statement).toContain('46 more bytes not shown');
  });

  it('takes time linear in the text, whatever is in it', () => {
    const tricky = ["'\\", '/*', '*/', '$a$', '`\xbf`', '--\xa0', '/*!99999 /*', '$a', '[', '0x'];
    for (const piece of tricky) {
      const text = Buffer.from(piece.repeat(1_000_000 / piece.length), 'latin1');
      const start = cpuMs();
      redact(text);
      expect(cpuMs() - start, piece).toBeLessThan(3000);
    }
  });
});

// Statements built from parts whose literals all hold the same word, under one known reading.
const SECRET = 'hunter2';
const noise = fc.stringMatching(/^[ a-z;,()=.@]{0,8}$/);
const inside = fc.stringMatching(/^[ a-z;,`#/*\-[\]$]{0,6}$/);
const literal = (quote: string, escaping: boolean) =>
  fc
    .tuple(inside, inside, fc.constantFrom('', quote + quote, escaping ? `\\${quote}` : '\\'))
    .filter(([, after, extra]) => escaping || !`${extra}${after}`.endsWith('\\\\'))
    .map(([before, after, extra]) => `${quote}${before}${extra}${SECRET}${after}${quote}`);
const statement = (escaping: boolean, ansi: boolean) =>
  fc
    .array(
      fc.oneof(
        noise,
        literal("'", escaping),
        ansi ? fc.constant('"na\'me"') : literal('"', escaping),
        fc.constant("/* it's */"),
        fc.constant("-- it's\n"),
        fc.constant("`it's`"),
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => parts.join(' '));

describe('properties', () => {
  it.each([
    [true, false],
    [false, false],
    [true, true],
    [false, true],
  ])('leaks no literal of the reading escapes=%s ansi=%s', (escaping, ansi) => {
    fc.assert(
      fc.property(statement(escaping, ansi), (text) => {
        expect(shown(text)).not.toContain(SECRET);
      }),
    );
  });

  it('is printable for any bytes, and one line', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(redact(bytes)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u);
      }),
    );
  });
});

describe('with literals shown', () => {
  const shownAll = (text: string) => redact(Buffer.from(text), 'shown');

  it('keeps strings and numbers, and still no comment', () => {
    const text = "DELETE FROM t WHERE a = 'x' AND b = 42 /* hidden */";
    expect(shownAll(text)).toBe("DELETE FROM t WHERE a = 'x' AND b = 42");
    expect(shownAll("DROP TABLE `t\u001b[1m`, 'a\u001b[2m'")).not.toContain('\u001b');
  });

  it.each([
    "CREATE USER a IDENTIFIED BY 'hunter2'",
    "SET PASSWORD = 'hunter2'",
    "ALTER USER a@'%' IDENTIFIED WITH x AS 'hunter2' REPLACE 'hunter2'",
    "CREATE SERVER s OPTIONS (USER 'a', PASSWORD 'hunter2')",
    "CHANGE MASTER TO MASTER_PASSWORD='hunter2'",
    "DELETE FROM users WHERE api_token = 'hunter2'",
    "DELETE FROM t WHERE AES_DECRYPT(a, 'hunter2') = 1 OR encryption_key = 1",
    "DELETE FROM t; SET @interlock_approval = 'hunter2'",
    "START REPLICA USER='a' PASSWORD='hunter2'",
    "UPDATE t SET secret = 'hunter2'",
  ])('masks all of %s', (text) => {
    expect(shownAll(text)).not.toContain('hunter2');
  });
});
