import { describe, expect, it } from 'vitest';
import { foundEnd, vocabularyOf } from '../../src/sql/word-search.js';
import { fc } from '../support/properties.js';

const WORDS = ['drop', 'use', 'slave', 'slaves', 'group_replication'];
const PARTS = ['sql_log_bin', 'gtid_', 'mysql'];
const VOCABULARY = vocabularyOf(WORDS, PARTS);
/** The same said as a pattern: slower, and short enough to be seen to be right. */
const PATTERN = new RegExp(
  `(?:(?<![a-z_$])|\\\\n)(?:${WORDS.join('|')})(?![a-z0-9_$])|${PARTS.join('|')}`,
  'i',
);

const endIn = (text: string) => foundEnd(VOCABULARY, Buffer.from(text, 'latin1'));

describe('words and parts of words', () => {
  it.each([
    ['a drop', 6],
    ['DROP', 4],
    ['\\nUSE', 5],
    ['1use;', 4],
    ['slaves', 6],
    ['@@sql_log_bin', 13],
    ['xgtid_purged', 6],
    ['MySQL.proc', 5],
    ['stop GROUP_replication;', 22],
  ])('end in %j at %i', (text, end) => {
    expect(endIn(text)).toBe(end);
  });

  it.each(['', 'dr', 'adrop', '_use', '$use', 'user', 'drop1', 'drop_', 'gtid', 'sql_log', 'nuse'])(
    'are not in %j',
    (text) => {
      expect(endIn(text)).toBe(-1);
    },
  );

  it('are found where a pattern finds them', () => {
    const piece = fc.constantFrom(
      ...[...WORDS, ...PARTS, 'us', 'sla', 'sql', '_', 'log', 'bin', 'gtid', 'my', 'group'],
      ...['\\', 'n', 'N', ' ', '1', '$', ';', '\xa0', 'DROP', 'Use', 'dropped'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect(endIn(text) > 0).toBe(PATTERN.test(text));
      }),
      { numRuns: 5_000, seed: 7 },
    );
  });

  it('are looked for from a place on, with the byte before it as what stands there', () => {
    const text = Buffer.from('xuse use');
    expect(foundEnd(VOCABULARY, text, 1)).toBe(8);
    expect(foundEnd(VOCABULARY, text, 5)).toBe(8);
    expect(foundEnd(VOCABULARY, text, 6)).toBe(-1);
  });
});
