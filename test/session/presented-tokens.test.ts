import { expect, it } from 'vitest';
import { PresentedTokens, TOKENS_MAX } from '../../src/session/presented-tokens.js';

it('keeps each once, the newest of too many, and none after an empty one', () => {
  const tokens = new PresentedTokens();
  tokens.present(['a', 'b']);
  tokens.present(['b']);
  expect(tokens.all).toEqual(['a', 'b']);
  tokens.present(Array.from({ length: TOKENS_MAX }, (_, index) => `${index}`));
  expect(tokens.all).toHaveLength(TOKENS_MAX);
  expect(tokens.all).not.toContain('a');
  tokens.present([]);
  expect(tokens.all).toEqual([]);
});
