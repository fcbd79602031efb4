import { expect, it } from 'vitest';
import { exactText } from '../../src/approval/canonical-token.js';

it('tells bytes that are no text one by one', () => {
  expect(exactText(Buffer.from('ünï'), 0, 5)).toBe('ünï');
  expect(exactText(Buffer.of(0x60, 0xe9, 0x60), 0, 3)).toBe('<bytes 60e960>');
});
