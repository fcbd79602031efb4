import { describe, expect, it } from 'vitest';
import { byteClasses, CLASS, isNameByte } from '../../src/sql/byte-classes.js';
import { classOfCharset, PLAIN } from '../../src/sql/charsets.js';

describe('byte classes', () => {
  it('take digits, letters, $ and _ into names, and every byte of 0x80 and above', () => {
    const classes = byteClasses(PLAIN);
    for (const byte of Buffer.from('azAZ09$_\xff', 'latin1')) {
      expect(isNameByte(classes, byte)).toBe(true);
    }
    for (const byte of Buffer.from(' .`"\'@;-', 'latin1')) {
      expect(isNameByte(classes, byte)).toBe(false);
    }
    expect(isNameByte(classes, undefined)).toBe(false);
  });

  it('make white space of what the charset says', () => {
    expect(byteClasses(classOfCharset('latin1') ?? PLAIN)[0xa0]).toBe(CLASS.space);
    expect(byteClasses(classOfCharset('cp866') ?? PLAIN)[0xff]).toBe(CLASS.space);
    expect(byteClasses(PLAIN)[0xa0]).toBe(CLASS.letter);
  });
});
