// Bytes as text that no terminal obeys.
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/audit/printable.js';
const shown = (hex) => printable(Buffer.from(hex, 'hex'));
describe('printable', () => {
    it('keeps what is printable, in any script', () => {
        expect(printable(Buffer.from('café 表 😀'))).toBe('café 表 😀');
    });
    it.each([
        ['1b5b324a', '\\x1b[2J', 'a terminal sequence'],
        ['00', '\\x00', 'NUL'],
        ['c285', '\\u{85}', 'a C1 control'],
        ['e280ae', '\\u{202e}', 'a change of direction'],
        ['e280a8', '\\u{2028}', 'a line separator'],
        ['f3a08181', '\\u{e0041}', 'an invisible tag'],
    ])('writes out %s as %s: %s', (bytes, expected) => {
        expect(shown(bytes)).toBe(expected);
    });
    it.each([
        ['61ff62', 'a\\xffb', 'a byte UTF-8 never has'],
        ['c0af', '\\xc0\\xaf', 'an overlong form'],
        ['eda080', '\\xed\\xa0\\x80', 'a surrogate'],
        ['f4908080', '\\xf4\\x90\\x80\\x80', 'past the last character'],
        ['e282', '\\xe2\\x82', 'a character cut short'],
    ])('writes out %s as %s: %s', (bytes, expected) => {
        expect(shown(bytes)).toBe(expected);
    });
});
//# sourceMappingURL=printable.test.js.map