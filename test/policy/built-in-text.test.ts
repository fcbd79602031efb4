import { describe, expect, it } from 'vitest';
import { builtInText } from '../../src/policy/built-in-text.js';
import { BUILT_IN_RULES } from '../../src/policy/verdict.js';

describe('builtInText', () => {
  it.each(BUILT_IN_RULES)('says for %s what is wrong and that nothing was forwarded', (rule) => {
    const text = builtInText(rule, 'disk\nfull.');
    expect(text).toContain('(disk full)');
    expect(text).toMatch(/Nothing (was forwarded|reached the server)/);
    expect(builtInText(rule, '')).not.toContain('()');
  });
});
