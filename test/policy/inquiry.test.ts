import { describe, expect, it } from 'vitest';
import { type Inquiry, inquiryText, isAskable } from '../../src/policy/inquiry.js';
import { readText } from '../../src/sql/statement-facts.js';

const ALL: readonly Inquiry[] = [
  { kind: 'session', hasGalera: false },
  { kind: 'session', hasGalera: true, variable: 'v.1$' },
  { kind: 'table', schema: 'shop', name: 'a - "b"' },
  { kind: 'found-rows', rows: 0 },
  { kind: 'found-rows', rows: 7 },
  { kind: 'found-rows', rows: 999 },
];

describe('a question to a session', () => {
  it('does nothing, under every reading there is', () => {
    for (const inquiry of ALL) {
      const text = inquiryText(inquiry);
      expect(text).toMatch(/^[\x20-\x7e]+$/);
      expect(readText(Buffer.from(text), {}).effects, text).toEqual([]);
    }
  });

  it('takes one row whatever sql_select_limit says, and no string as it is', () => {
    const text = inquiryText({ kind: 'session', hasGalera: true });
    expect(text).toMatch(/ LIMIT 1$/);
    expect(text).toContain('HEX(@@SESSION.sql_mode)');
    expect(text).toContain('@@SESSION.wsrep_on');
  });

  it('has no words for names that could be read in another way', () => {
    for (const name of ['', 'a`b', 'a\\b', 'é', 'a\nb', 'x'.repeat(65)]) {
      expect(isAskable(name), name).toBe(false);
      expect(() => inquiryText({ kind: 'table', schema: 'shop', name })).toThrow();
      expect(() => inquiryText({ kind: 'session', hasGalera: false, variable: name })).toThrow();
    }
    expect(isAskable('order items')).toBe(true);
  });

  it('puts back only numbers of rows that it can', () => {
    for (const rows of [-1, 1.5, 1_001]) {
      expect(() => inquiryText({ kind: 'found-rows', rows })).toThrow();
    }
  });
});
