import { describe, expect, it } from 'vitest';
import { objectLabel } from '../../src/sql/effect.js';

describe('object labels', () => {
  it('name what is known', () => {
    expect(objectLabel({ schema: 'app', name: 't' })).toBe('app.t');
    expect(objectLabel({ name: 't' })).toBe('t');
    expect(objectLabel({ schema: 'app' })).toBe('app');
  });
});
