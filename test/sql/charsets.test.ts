import { describe, expect, it } from 'vitest';
import { effectsOf, KNOWN } from './read-as.js';

describe('character sets', () => {
  it.each(['gbk', 'sjis', 'cp932', 'big5', 'gb18030'])('sees %s swallow a backslash', (charset) => {
    const lead = charset === 'sjis' || charset === 'cp932' ? '\x83' : '\xb3';
    const sql = `SELECT '${lead}\\'; DROP TABLE t; -- '`;
    expect(effectsOf(sql, { ...KNOWN, charset })).toBe('drop-table app.t');
    expect(effectsOf(sql, KNOWN)).toBe('');
    expect(effectsOf(`SET NAMES ${charset}; ${sql}`)).toBe('drop-table app.t');
    expect(effectsOf(`SET character_set_client=@c; ${sql}`)).toBe('drop-table app.t');
  });

  it('sees gbk swallow a backtick', () => {
    const sql = 'SELECT `\xb3`; DROP TABLE t; -- `';
    expect(effectsOf(sql, { ...KNOWN, charset: 'gbk' })).toBe('');
    expect(effectsOf(sql, KNOWN)).toBe('drop-table app.t');
    const { charset: _unknown, ...context } = KNOWN;
    expect(effectsOf(sql, context)).toBe('drop-table app.t');
  });

  it.each(['latin1', 'latin2', 'greek', 'hebrew', 'cp1250', 'latin7', 'dec8'])(
    'takes 0xA0 for white space in %s',
    (charset) => {
      const sql = 'DROP\xa0TABLE\xa0t';
      expect(effectsOf(sql, { ...KNOWN, charset })).toBe('drop-table app.t');
      expect(effectsOf(sql, KNOWN)).not.toContain('drop-table');
    },
  );

  it.each(['cp866', 'cp852', 'keybcs2'])('takes 0xFF for white space in %s', (charset) => {
    expect(effectsOf('DROP\xffTABLE t', { ...KNOWN, charset })).toBe('drop-table app.t');
  });

  it('knows which bytes open a comment after two dashes', () => {
    const sql = 'SELECT 1 --\xa0; DROP TABLE t';
    expect(effectsOf(sql, { ...KNOWN, charset: 'latin1' })).toBe('');
    expect(effectsOf(sql, KNOWN)).toBe('drop-table app.t');
    const deleteByte = 'SELECT 1 --\x7f; DROP TABLE t';
    expect(effectsOf(deleteByte)).toBe('');
    expect(effectsOf(deleteByte, { ...KNOWN, charset: 'cp1251' })).toBe('drop-table app.t');
    const { charset: _unknown, ...context } = KNOWN;
    expect(effectsOf(deleteByte, context)).toBe('drop-table app.t');
  });

  it('does not count character sets when only strings hold other bytes', () => {
    const { charset: _unknown, ...context } = KNOWN;
    expect(effectsOf("INSERT INTO t VALUES ('gr\xc3\xbc\xc3\x9fe; drop table t')", context)).toBe(
      '',
    );
  });
});
