import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { frame } from '../../src/cli/screen.js';

const shown = (lines: readonly string[], rows: number, columns: number) =>
  stripVTControlCharacters(frame(lines, { rows, columns })).split('\r\n');

describe('a frame', () => {
  it('is written over the last one, line by line, and clears what is below', () => {
    const text = frame(['one', 'two'], { rows: 5, columns: 10 });
    expect(text).toBe('\u001B[?2026h\u001B[Hone\u001B[K\r\ntwo\u001B[K\u001B[J\u001B[?2026l');
    expect(text).not.toContain('\u001B[2J');
  });

  it('says what does not fit', () => {
    expect(shown(['1', '2', '3'], 3, 60)).toEqual(['1', '2', '3']);
    expect(shown(['1', '2', '3', '4'], 3, 60)).toEqual([
      '1',
      '2',
      '… 2 more lines: interlock links shows all',
    ]);
  });

  it('cuts a line at the edge, and its colour ends there', () => {
    expect(shown(['abcdefgh'], 2, 5)).toEqual(['abcd…']);
    const coloured = frame(['\u001B[31mabcdefgh\u001B[0m'], { rows: 2, columns: 5 });
    expect(coloured).toContain('\u001B[31mabcd\u001B[0m…');
  });
});
