import { describe, expect, it } from 'vitest';
import { readTokenStatement } from '../../src/session/token-statement.js';

const read = (text: string) => readTokenStatement(Buffer.from(text));
const T = 'eyJh.eyJi.c2ln';

describe('SET @interlock_token', () => {
  it.each([
    `SET @interlock_token = '${T}'`,
    `set @INTERLOCK_TOKEN:="${T}" ;`,
    `/* app */ SET\n@interlock_token='${T}' -- now`,
    `SET @\`interlock_token\` = '${T}'`,
  ])('presents a token: %s', (text) => {
    expect(read(text)).toEqual({ kind: 'presents', tokens: [T] });
  });

  it('presents several at once, and forgets them all', () => {
    expect(read(`SET @interlock_token = '${T} ${T}x,\n${T}y'`)).toEqual({
      kind: 'presents',
      tokens: [T, `${T}x`, `${T}y`],
    });
    expect(read("SET @interlock_token = ''")).toEqual({ kind: 'presents', tokens: [] });
    expect(read('SET @interlock_token = NULL')).toEqual({ kind: 'presents', tokens: [] });
  });

  it('forwards none that is longer than any need be', () => {
    const many = Array.from({ length: 5_000 }, () => T).join(' ');
    expect(read(`SET @interlock_token = '${many}'`)).toMatchObject({
      kind: 'misplaced',
      message: expect.stringContaining('64 KiB'),
    });
    expect(read(`INSERT INTO t VALUES ('SET @interlock_token = ${many}')`).kind).toBe('none');
  });

  it.each([
    `SET @interlock_token = '${T}', @a = 1`,
    `SET @a = 1, @interlock_token = '${T}'`,
    `SELECT 1; SET @interlock_token = '${T}'`,
    `SET @interlock_token = CONCAT('${T}')`,
    `SET @interlock_token = ?`,
    `SET @interlock_token = 0x61`,
    `SELECT '${T}' INTO @interlock_token`,
    `SELECT @interlock_token := '${T}'`,
    `SET @'interlock_token' = '${T}'; DROP TABLE t`,
  ])('is alone in its packet: %s', (text) => {
    const said = read(text);
    expect(said).toMatchObject({ kind: 'misplaced' });
    expect(JSON.stringify(said)).not.toContain('eyJ');
  });

  it('keeps nothing that is no token', () => {
    const said = read("SET @interlock_token = 'my secret'");
    expect(said).toMatchObject({ kind: 'misplaced' });
    expect(JSON.stringify(said)).not.toContain('my secret');
  });

  it.each([
    'SELECT @interlock_token',
    "SELECT 'SET @interlock_token = 1'",
    'SELECT 1 -- @interlock_token',
    "SET @interlock_tokens = 'x'",
    "SET @other = '@interlock_token'",
    'SELECT * FROM mails WHERE a = "me@interlock_token.example"',
    `INSERT INTO t VALUES ('${'@i'.repeat(40_000)}')`,
    '',
  ])('is nothing else: %.40s', (text) => {
    expect(read(text)).toEqual({ kind: 'none' });
  });
});
