import { Option } from 'commander';
import { expect, it } from 'vitest';
import { optionHelp, unreadConfig } from '../../src/cli/option-words.js';

it('tells choices, and a default that says something', () => {
  const of = (option: Option) => optionHelp(option);
  expect(of(new Option('--out <folder>', 'where').default('.'))).toBe('where (default: .)');
  expect(of(new Option('--yes', 'do not ask').default(false))).toBe('do not ask');
  expect(of(new Option('--groups <names>', 'which').default([]))).toBe('which');
  expect(of(new Option('--alg <name>').choices(['a', 'b']).default('a'))).toBe(
    '(choices: a, b; default: a)',
  );
});

it('has a configuration that is taken and not read', () => {
  expect(unreadConfig().long).toBe('--config');
});
