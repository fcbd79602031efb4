// The tree of a YAML text: what stands where, and what is not read.
import { describe, expect, it } from 'vitest';
import { readTree, type YamlNode } from '../../src/config/yaml-tree.js';

const tree = (text: string) => readTree(text, 100);
/** Scalars and aliases in the order of the text, with the character they begin at. */
function leaves(node: YamlNode | undefined): readonly string[] {
  if (node === undefined) return [];
  switch (node.kind) {
    case 'mapping':
      return node.pairs.flatMap(({ key, value }) => [...leaves(key), ...leaves(value)]);
    case 'sequence':
      return node.items.flatMap(leaves);
    case 'scalar':
      return [`${node.start} ${node.text}${node.isPlain ? '' : ' (quoted)'}`];
    case 'alias':
      return [`${node.start} *${node.name} → ${leaves(node.target).join()}`];
    default:
      return node satisfies never;
  }
}

describe('readTree', () => {
  it('has nothing where nothing is written', () => {
    expect(tree('')).toBeUndefined();
    expect(tree('# only this\n')).toBeUndefined();
  });

  it('says where each value begins, its quote included', () => {
    expect(leaves(tree('a: "x"\nb: [1, \'y\']\nc:\n'))).toEqual([
      '0 a',
      '3 x (quoted)',
      '7 b',
      '11 1',
      '14 y (quoted)',
      '19 c',
      '19 ',
    ]);
  });

  it('counts a byte order mark and carriage returns', () => {
    expect(leaves(tree('\ufeffa: 1\r\nb: 2'))).toEqual(['1 a', '4 1', '7 b', '10 2']);
  });

  it('finds what an alias stands for, and nothing for one that comes too early', () => {
    expect(leaves(tree('a: &x 1\nb: *x'))).toEqual(['0 a', '6 1', '8 b', '11 *x → 6 1']);
    expect(leaves(tree('a: *x\nb: &x 1'))[1]).toBe('3 *x → ');
  });

  it('takes !!str for quotes, and no other tag', () => {
    expect(leaves(tree('a: !!str 5'))[1]).toBe('9 5 (quoted)');
    for (const text of ['a: !!int 5', 'a: !mine {}', '!!seq [1]']) {
      expect(() => tree(text), text).toThrow(/the tag !/);
    }
  });

  it('reads one document, and points at the second', () => {
    expect(leaves(tree('---\na: 1\n...\n'))).toEqual(['4 a', '7 1']);
    expect(() => tree('a: 1\n---\nb: 2')).toThrow(expect.objectContaining({ offset: 9 }));
  });
});
