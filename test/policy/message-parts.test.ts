import { describe, expect, it } from 'vitest';
import {
  byteLength,
  cutToBytes,
  objectList,
  plainWords,
  reachList,
  safeName,
  worstFirst,
} from '../../src/policy/message-parts.js';
import { fc } from '../support/properties.js';
import { reachOf } from './facts.js';

describe('message parts', () => {
  it('cuts between characters, at most so many bytes', () => {
    expect(cutToBytes('abcdef', 6)).toBe('abcdef');
    expect(cutToBytes('abcdefg', 6)).toBe('abc...');
    expect(cutToBytes('ééé', 5)).toBe('é...');
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 3, max: 40 }),
        (text, bytes) => {
          const cut = cutToBytes(text, bytes);
          expect(byteLength(cut)).toBeLessThanOrEqual(bytes);
          expect(cut.includes('\ufffd')).toBe(cut.includes('\ufffd') && text.includes('\ufffd'));
        },
      ),
    );
  });

  it('shows nothing that could steer or deceive a terminal', () => {
    expect(safeName('a\u001b[31m\n\u202eb\u200b')).toBe('a?[31m??b?');
    expect(safeName('用户')).toBe('用户');
    expect(safeName('no\ufffdcharacter')).toBe('no?character');
    expect(plainWords(' Zugriff\nverweigert für  x\u0007 ')).toBe('Zugriff verweigert f?r x?');
  });

  it('counts what it leaves out', () => {
    const objects = ['a', 'b', 'c'].map((name) => ({ schema: 's', name }));
    expect(objectList(objects, { shown: 3, nameBytes: 50 })).toBe('s.a, s.b, s.c');
    expect(objectList(objects, { shown: 1, nameBytes: 50 })).toBe('s.a and 2 more');
    expect(objectList([{}], { shown: 1, nameBytes: 50 })).toBe('');
  });

  it('puts the worst first, then the nearest, then by name', () => {
    const reach = [
      reachOf({ server: 'a', state: 'armed' }),
      reachOf({ server: 'c', path: ['db2', 'b', 'c'] }),
      reachOf({ server: 'b' }),
      reachOf({ server: 'd', state: 'unknown' }),
    ];
    expect(reachList(worstFirst(reach), 3)).toBe(
      'd (unknown), b (live), c (live, through b) and 1 more',
    );
  });
});
