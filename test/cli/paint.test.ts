import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createPainter } from '../../src/cli/paint.js';

describe('the painter', () => {
  it('adds nothing where colour is not wanted', () => {
    expect(createPainter(false)('red', 'refused')).toBe('refused');
  });

  it('colours the text and ends the colour behind it', () => {
    const painted = createPainter(true)('red', 'refused');
    expect(painted).toBe('\u001b[31mrefused\u001b[0m');
    expect(stripVTControlCharacters(painted)).toBe('refused');
  });
});
