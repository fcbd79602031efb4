import { describe, expect, it } from 'vitest';
import { GuardWordScan, hasGuardWord } from '../../src/sql/guard-words.js';
import { fc } from '../support/properties.js';

describe('guard words', () => {
  it.each([
    'drop table t',
    'DROP',
    '/*!50000DROP*/',
    '\\NDROP',
    '1e5drop',
    'a.drop',
    'drop\xa0table',
    '\xa0call p',
    '`sql_log_bin`',
    'x;TRUNCATE',
    'SET GLOBAL \xc3\xadnit_connect=@v',
    'SET wsrep_on=0',
    'USE a',
    'or/**/replace',
    'DELETE FROM t',
    '/*!40000ALTER TABLE t DISABLE KEYS*/',
    'START SLAVE',
    'RESET BINARY LOGS AND GTIDS',
    'STOP GROUP_REPLICATION',
  ])('are seen in %s', (sql) => {
    expect(hasGuardWord(Buffer.from(sql, 'latin1'))).toBe(true);
  });

  it.each([
    'SELECT c FROM sbtest1 WHERE id=1',
    'INSERT INTO t(drop_date, dropped) VALUES (1, 2)',
    'SELECT backdrop, recall FROM updates WHERE id = 2',
    'SELECT caller, user FROM t',
    '/*!40101 SET NAMES utf8mb4 */',
    'LOCK TABLES `t` WRITE',
    'dr/**/op',
    '',
  ])('are not in %s', (sql) => {
    expect(hasGuardWord(Buffer.from(sql))).toBe(false);
  });
});

describe('guard words in a text that comes in chunks', () => {
  it('are seen when they lie across chunks', () => {
    const scan = new GuardWordScan('app');
    expect(scan.push(Buffer.from('INSERT INTO t VALUES (1); DR'))).toBe(false);
    expect(scan.push(Buffer.from('OP'))).toBe(true);
    expect(scan.push(Buffer.from(' TABLE t'))).toBe(true);
    expect(scan.push(Buffer.from('x'.repeat(100)))).toBe(true);
  });

  it('are not seen when the next byte makes them another word', () => {
    const scan = new GuardWordScan('app');
    expect(scan.push(Buffer.from('INSERT INTO t (drop'))).toBe(true);
    expect(scan.push(Buffer.from('ped) VALUES (1)'))).toBe(false);
    expect(scan.push(Buffer.from('x'.repeat(100)))).toBe(false);
    expect(scan.push(Buffer.from(' drop '))).toBe(true);
  });

  it('are the names of tables of code, unless the default schema is another', () => {
    const mayBe = (database: string | undefined) =>
      new GuardWordScan(database).push(Buffer.from('INSERT INTO event VALUES (1)'));
    expect([undefined, 'MySQL', 'app', ''].map(mayBe)).toEqual([true, true, false, false]);
  });

  it('are what the whole text says after every chunk, however it is cut', () => {
    const pieces = fc.constantFrom(
      ...[
        'drop',
        'use',
        '\\n',
        '\\',
        'n',
        'group_replication',
        'slave',
        's',
        'gtid',
        '_',
        'replica',
        'set',
        'se',
      ],
      ...['back', ' ', '1', '$', "'", 'x'.repeat(30), '\xa0', 'sql_log', '_bin', 'te', 'upda'],
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(pieces, fc.boolean()), { maxLength: 30 }), (parts) => {
        const scan = new GuardWordScan('app');
        let whole = '';
        let chunk = '';
        for (const [piece, cuts] of parts) {
          chunk += piece;
          if (!cuts) continue;
          whole += chunk;
          const said = scan.push(Buffer.from(chunk, 'latin1'));
          expect(said).toBe(hasGuardWord(Buffer.from(whole, 'latin1')));
          chunk = '';
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
