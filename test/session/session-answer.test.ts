import { describe, expect, it } from 'vitest';
import { saysTemporary, sessionAnswerOf } from '../../src/session/session-answer.js';
import type { TextResultset } from '../../src/wire/packets/text-resultset.js';
import { type SessionSays, sessionRow } from '../support/playbook.js';

type Row = readonly (string | null)[];
const ascii = (text: string): Buffer => Buffer.from(text);
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

function rows(row: Row, encode = ascii): TextResultset {
  return { kind: 'rows', rows: [row.map((value) => (value === null ? null : encode(value)))] };
}
const answer = (says: SessionSays, encode?: (text: string) => Buffer) =>
  sessionAnswerOf(rows(sessionRow(says), encode));

describe('sessionAnswerOf', () => {
  it('is the same in whatever character set results come', () => {
    const says = { sqlMode: 'ANSI_QUOTES,ORACLE', charset: 'gbk', wsrepOn: 0, foundRows: 12 };
    const expected = {
      sqlMode: 'ANSI_QUOTES,ORACLE',
      charset: 'gbk',
      database: 'shop',
      foundRows: 12,
      logging: { binlog: true, galera: false },
    };
    expect(answer(says)).toMatchObject(expected);
    expect(answer(says, utf16)).toMatchObject(expected);
    expect(answer({ database: null })?.database).toBeUndefined();
  });

  it('is logged only where both switches say so', () => {
    expect(answer({ sqlLogBin: 0 })?.logging).toEqual({ binlog: false, galera: 'unknown' });
    expect(answer({ logBin: 0 })?.logging.binlog).toBe(false);
    expect(answer({ sqlLogBin: 0, wsrepOn: 1 })?.logging).toEqual({ binlog: false, galera: true });
  });

  it('tells that DDL stays on a Galera node', () => {
    expect(answer({ wsrepOn: 1, method: 'RSU' })?.logging.isRsu).toBe(true);
    expect(answer({ wsrepOn: 1 })?.logging.isRsu).toBeUndefined();
  });

  it('says which server the session is on, numbers of two bytes a digit too', () => {
    expect(answer({ leg: '1\nh\n3306\n/d/' })?.leg).toBe('1\nh\n3306\n/d/');
    expect(answer({ leg: '\x001\nh\n\x003\x003\n/d/' })?.leg).toBe('1\nh\n33\n/d/');
    expect(answer({})?.leg).toBeUndefined();
  });

  it('is none when anything about it is odd', () => {
    const row = sessionRow();
    expect(sessionAnswerOf({ kind: 'error', errorCode: 1820 })).toBeUndefined();
    expect(sessionAnswerOf({ kind: 'rows', rows: [] })).toBeUndefined();
    expect(sessionAnswerOf({ kind: 'rows', rows: [[], []] })).toBeUndefined();
    for (const [column, value] of [
      [0, 'ANSI'],
      [0, null],
      [1, ''],
      [1, 'XY'],
      [4, '-1'],
      [5, '2'],
      [6, 'ON'],
      [6, null],
    ] as const) {
      expect(sessionAnswerOf(rows(row.with(column, value))), `${column}`).toBeUndefined();
    }
  });

  it('gives what a variable holds only where PREPARE takes those very bytes', () => {
    const held = (says: SessionSays) =>
      answer({ variable: 'DROP TABLE t', ...says })?.variable?.toString();
    expect(held({})).toBe('DROP TABLE t');
    expect(held({ variableCharset: 'binary', connection: 'gbk' })).toBe('DROP TABLE t');
    expect(held({ variableCharset: 'latin1' })).toBe('DROP TABLE t');
    expect(held({ variableCharset: 'latin1', variable: 'é' })).toBeUndefined();
    expect(held({ variable: 'é' })).toBe('é');
    expect(held({ variableCharset: 'utf16' })).toBeUndefined();
    expect(held({ variableCharset: 'utf16', connection: 'utf16' })).toBeUndefined();
    expect(held({ variableCharset: 'swe7' })).toBeUndefined();
    expect(held({ variable: null })).toBeUndefined();
  });
});

describe('saysTemporary', () => {
  it('takes nothing but SHOW CREATE TABLE of a temporary table for one', () => {
    const shown = (text: string, encode?: (text: string) => Buffer) =>
      saysTemporary(rows(['t', text], encode));
    expect(shown('CREATE TEMPORARY TABLE `t` (')).toBe(true);
    expect(shown('CREATE TEMPORARY TABLE `t` (', utf16)).toBe(true);
    expect(shown('CREATE TABLE `t` ( -- CREATE TEMPORARY TABLE ')).toBe(false);
    expect(saysTemporary({ kind: 'error', errorCode: 1146 })).toBe(false);
    expect(saysTemporary(undefined)).toBe(false);
    expect(saysTemporary(rows(['CREATE TEMPORARY TABLE ']))).toBe(false);
  });
});
