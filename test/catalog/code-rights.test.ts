import { describe, expect, it } from 'vitest';
import { missingCodeRights, unseenWithout } from '../../src/catalog/code-rights.js';

describe('rights that show kept code', () => {
  it('are missing where neither they nor all of them are there', () => {
    expect(missingCodeRights(['SELECT', 'TRIGGER', 'SHOW VIEW', 'EVENT'])).toEqual([]);
    expect(missingCodeRights(['ALL PRIVILEGES'])).toEqual([]);
    expect(missingCodeRights(['SELECT', 'SHOW VIEW'])).toEqual(['TRIGGER', 'EVENT']);
  });

  it('say what is not seen without them', () => {
    expect(unseenWithout([])).toBe('');
    expect(unseenWithout(['TRIGGER', 'EVENT'])).toMatch(
      /^functions, triggers and views .* lacks TRIGGER, EVENT on \*\.\*$/,
    );
    expect(unseenWithout(['EVENT'])).toMatch(/^what an ALTER EVENT sets off .* lacks EVENT on/);
  });
});
