import { describe, expect, it } from 'vitest';
import { byteClasses } from '../../src/sql/byte-classes.js';
import { PLAIN } from '../../src/sql/charsets.js';
import { dollarTextEnd, radixEnd } from '../../src/sql/scan.js';

describe('scanning', () => {
  it('gives up on hexadecimal literals that are none', () => {
    expect(radixEnd(Buffer.from("4f'"), 0, true)).toBe(3);
    expect(radixEnd(Buffer.from("4'"), 0, true)).toBe(-1);
    expect(radixEnd(Buffer.from("4g'"), 0, true)).toBe(-1);
    expect(radixEnd(Buffer.from("012'"), 0, false)).toBe(-1);
  });

  it('pairs dollar tags', () => {
    const classes = byteClasses(PLAIN);
    expect(dollarTextEnd(Buffer.from('$$a$$'), 0, classes)).toBe(5);
    expect(dollarTextEnd(Buffer.from('$a$ $b$'), 0, classes)).toBe(-1);
    expect(dollarTextEnd(Buffer.from('$ab c$'), 0, classes)).toBeUndefined();
  });
});
