import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalStatement } from '../../src/approval/canonical.js';
import type { Dialect, ReadContext } from '../../src/sql/dialect.js';

const MARIADB: Dialect = { flavour: 'mariadb', version: 101_119 };
const MYSQL: Dialect = { flavour: 'mysql', version: 90_704 };
const hash = (secret: Uint8Array) => createHmac('sha256', 'key').update(secret).digest('hex');

function canonical(sql: string | Uint8Array, context: ReadContext = { dialect: MARIADB }) {
  return canonicalStatement(Buffer.from(sql), context, hash);
}

function form(sql: string | Uint8Array, context?: ReadContext): string {
  const read = canonical(sql, context);
  if (read.kind !== 'canonical') return `unapprovable: ${read.reason}`;
  expect(read.forms).toHaveLength(1);
  return read.forms[0] ?? '';
}

describe('canonicalStatement', () => {
  it.each([
    ['drop table users', 'DROP TABLE users'],
    ['DROP\n\tTABLE   users ;', 'DROP TABLE users'],
    ['/* why */ DROP TABLE -- now\n users # end', 'DROP TABLE users'],
    ['Drop Table `users`', 'DROP TABLE users'],
    ['DROP TABLE app . users', 'DROP TABLE app.users'],
    ['DROP TABLE a , b;;', ';DROP TABLE a,b'],
    ['drop view if exists v', 'DROP VIEW IF EXISTS v'],
    ['truncate t', 'TRUNCATE t'],
    ['alter table t drop partition p0', 'ALTER TABLE t DROP PARTITION p0'],
    ["delete from t where a='x' or b=1", "DELETE FROM t WHERE a = 'x' OR b = 1"],
    ['create or replace table t(i int)', 'CREATE OR REPLACE TABLE t (i INT)'],
    ['drop user if exists bob', 'DROP USER IF EXISTS bob'],
  ])('takes %j for %j', (one, other) => {
    expect(form(one)).toBe(form(other));
  });

  it.each([
    ['DROP TABLE users', 'DROP TABLE Users'],
    ['DROP TABLE user', 'DROP TABLE User'],
    [
      'DELETE FROM t WHERE id IN (SELECT id FROM user)',
      'DELETE FROM t WHERE id IN (SELECT id FROM User)',
    ],
    ['DELETE FROM t WHERE id = 1', 'DELETE FROM t WHERE id = 2'],
    ["DELETE FROM t WHERE id = 'a'", "DELETE FROM t WHERE id = 'A'"],
    ["DELETE FROM t WHERE id = 'a b'", "DELETE FROM t WHERE id = 'a  b'"],
    ['DROP TABLE a, b', 'DROP TABLE a'],
    ['DROP TABLE a', 'DROP TABLE IF EXISTS a'],
    ['DROP TABLE t', 'DROP TABLE t /*!90000 , u */'],
    ['DROP TABLE t', 'DROP /*! TABLE */ t'],
    ['DROP TABLE t', 'DROP TABLE t /*M!100100 CASCADE */'],
    ['DELETE FROM t', 'DELETE /*+ SET_VAR(foreign_key_checks=0) */ FROM t'],
    ['DELETE FROM t WHERE f(a)', 'DELETE FROM t WHERE `f`(a)'],
    ['SET @a = 1; DROP TABLE t', 'SET @@a = 1; DROP TABLE t'],
    ['DROP TABLE a; DROP TABLE b', 'DROP TABLE b; DROP TABLE a'],
    ['DROP TABLE `a``b`', 'DROP TABLE `ab`'],
    ['DROP TABLE t', 'DROP TEMPORARY TABLE t'],
    ['DELETE FROM t WHERE 1e1', 'DELETE FROM t WHERE 1'],
  ])('never takes %j for %j', (one, other) => {
    expect(form(one)).not.toBe(form(other));
  });

  it('shows words a person can judge', () => {
    expect(form("delete from app.t where note = 'it''s' limit 5")).toBe(
      "DELETE FROM `app`.`t` WHERE `note` = 'it''s' LIMIT 5",
    );
    expect(form('drop /*!50000 table*/ t /*!99999 , u*/')).toBe(
      'DROP /*!50000 TABLE */ `t` /*!99999 , u*/',
    );
  });

  it('keeps no secret, and is bound to it', () => {
    const secrets = [
      "CREATE OR REPLACE TABLE t (i INT) ENGINE=FEDERATED CONNECTION='mysql://u:hunter2@h/d/t'",
      "CHANGE MASTER TO MASTER_HOST='h', MASTER_PASSWORD='hunter2'",
      "CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = 'hunter2'",
      "DROP USER a; CREATE USER a IDENTIFIED BY 'hunter2'",
      "DROP USER a; ALTER USER a IDENTIFIED BY 'new' REPLACE 'hunter2'",
      "DROP USER a; SET PASSWORD FOR 'a'@'h' = PASSWORD('hunter2')",
      "DROP USER a; CREATE SERVER s FOREIGN DATA WRAPPER m OPTIONS (USER 'r', PASSWORD 'hunter2')",
      'DROP USER a; CREATE USER a IDENTIFIED BY hunter2',
      "DROP USER a; EXECUTE IMMEDIATE 'CREATE USER a IDENTIFIED BY ''hunter2'''",
      "START SLAVE USER='u' PASSWORD='hunter2'",
    ];
    for (const sql of secrets) {
      const read = canonical(sql);
      expect(JSON.stringify(read), sql).not.toContain('hunter2');
      expect(read, sql).toMatchObject({ forms: [expect.stringContaining('***')] });
      const other = canonical(sql.replace('hunter2', 'hunter3'));
      expect(other, sql).not.toEqual(read);
      expect(canonical(sql), sql).toEqual(read);
    }
  });

  it('keeps apart what session modes would read apart', () => {
    const sql = String.raw`DELETE FROM t WHERE a = 'x\' OR b = '; DROP TABLE u -- '`;
    const read = canonical(sql);
    expect(read.kind === 'canonical' && read.forms.length).toBeGreaterThan(1);
    expect(form(sql, { dialect: MARIADB, sqlMode: '' })).toContain(String.raw`'x\' OR b = '`);
    expect(form('DELETE FROM "t"', { dialect: MYSQL, sqlMode: 'ANSI_QUOTES' })).toBe(
      'DELETE FROM `t`',
    );
  });

  it('says what nobody can approve', () => {
    expect(form(`DROP TABLE t${' '.repeat(40_000)}`)).toMatch(/longer than the 32 KiB/);
    expect(form('DELETE FROM t WHERE a = ? OR 1')).toMatch(/has parameters/);
    expect(form("DROP TABLE t; SELECT 'x")).toMatch(/a string is not closed/);
  });

  it('keeps bytes that are no text apart', () => {
    const at = (byte: number) =>
      Buffer.concat([Buffer.from('DROP TABLE `t'), Buffer.from([byte, 0x60])]);
    const context = { dialect: MARIADB, charset: 'latin1' };
    expect(form(at(0xe9), context)).not.toBe(form(at(0xe8), context));
  });
});
