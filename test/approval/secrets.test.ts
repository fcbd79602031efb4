import { describe, expect, it } from 'vitest';
import { Secrets } from '../../src/approval/secrets.js';

const bytes = (text: string) => Buffer.from(text);
const secrets = () => new Secrets((secret) => `hash of ${Buffer.from(secret)}`);

describe('secrets', () => {
  it('stand behind three stars, with a hash of each', () => {
    const seen = secrets();
    seen.word(bytes('IDENTIFIED'), 'IDENTIFIED');
    seen.word(bytes('BY'), 'BY');
    expect(seen.literal(bytes("'pw'"))).toBe('***');
    expect(seen.literal(bytes("'pw'"))).toBeUndefined();
    expect(seen.hashes).toEqual(["hash of 'pw'"]);
  });

  it('are looked for inside a literal that is a statement', () => {
    const seen = secrets();
    expect(seen.literal(bytes("'CREATE USER a IDENTIFIED BY ''pw'''"))).toBe('***');
    expect(seen.literal(bytes("'DROP TABLE t'"))).toBeUndefined();
  });

  it('are awaited no longer than their statement', () => {
    const seen = secrets();
    seen.word(bytes('PASSWORD'), 'PASSWORD');
    seen.statementEnds();
    expect(seen.literal(bytes("'x'"))).toBeUndefined();
  });
});
