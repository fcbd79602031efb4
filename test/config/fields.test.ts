import { describe, expect, it } from 'vitest';
import { fields, oneOf, oneOrMany, readFields, text, word } from '../../src/config/fields.js';
import { readYaml } from '../../src/config/yaml-source.js';

const schema = fields({
  colours: oneOrMany(word(['red', 'green']), 'a colour, or a list of colours'),
  name: text('a name').optional(),
});

function read(yaml: string) {
  const source = readYaml('f.yaml', yaml);
  if (source.kind === 'broken') throw new Error(JSON.stringify(source.errors));
  const result = readFields(schema, source.value);
  return result.kind === 'loaded' ? result.value : result.errors.map(({ message }) => message);
}

describe('fields', () => {
  it('makes a list of one entry or many', () => {
    expect(read('colours: red')).toEqual({ colours: ['red'] });
    expect(read('colours: [red, green]')).toEqual({ colours: ['red', 'green'] });
  });

  it('points into the list at the entry that is wrong', () => {
    expect(read('colours: [red, gren]')).toEqual(['colours[1] must be red or green']);
    expect(read('colours: gren')).toEqual(['colours must be red or green']);
    expect(read('colours: { a: 1 }')).toEqual(['colours must be a colour, or a list of colours']);
  });

  it('says what is missing in an empty file, and what an unknown field is', () => {
    expect(read('')).toEqual(['colours is missing: expected a colour, or a list of colours']);
    expect(read('colours: red\nx: 1\ny: 2')).toEqual(['unknown field "x"', 'unknown field "y"']);
    expect(read('[1]')).toEqual(['the file must be a mapping with colours, name']);
  });

  it('joins words as people do', () => {
    expect(oneOf(['a'])).toBe('a');
    expect(oneOf(['a', 'b', 'c'])).toBe('a, b or c');
  });
});
