// The marks that masking goes by: one per byte, the union of all readings.
import { describe, expect, it } from 'vitest';
import { scanLiterals } from '../../src/audit/literal-scan.js';
/** One character a byte: L literal, C code, N name, - comment in every reading, lower case: more. */
function marksOf(text, quotesMayHide = false) {
    const letters = ['-', 'L', 'C', 'l', 'N', 'n', 'x', 'a'];
    return [...scanLiterals(Buffer.from(text, 'latin1'), quotesMayHide)]
        .map((mark) => letters[mark] ?? '!')
        .join('');
}
describe('scanLiterals', () => {
    it.each([
        ["a 'b' c", 'CCLLLCC'],
        ['a "b" c', 'CCLLLCC'],
        ['a `b` c', 'CCNNNCC'],
        ["'a''b' c", 'LLLLLLCC'],
        ["'a\\n' c", 'LLLLLCC'],
        ['a /*b*/ c', 'CC-----CC'],
        ['a#b\nc', 'C---C'],
        ['a-- b\nc', 'C-----C'],
        ['a--b', 'CCCC'],
        ['a--', 'C--'],
        ["'open", 'LLLLL'],
        ['/*!1 a */ b', 'CCCCCCCCCCC'],
    ])('marks %j as %j', (text, expected) => {
        expect(marksOf(text)).toBe(expected);
    });
    it('follows both readings from an escaped quote on', () => {
        expect(marksOf("'a\\' b 'c")).toBe('LLLLlllll');
    });
    it('lets a quote after a high byte be half a character only in text that is not UTF-8', () => {
        expect(marksOf("'\xbf' b", false)).toBe('LLLCC');
        expect(marksOf("'\xbf' b", true)).toBe('LLLll');
    });
});
//# sourceMappingURL=literal-scan.test.js.map