import { describe, expect, it } from 'vitest';
import { readText } from '../../src/sql/statement-facts.js';
import { effectsOf, KNOWN } from './read-as.js';

describe('statement after statement', () => {
  it('forgets at a semicolon that it was in a comment, as the server does', () => {
    expect(effectsOf('/*! DROP TABLE t; SELECT 1 */')).toBe('drop-table app.t');
    expect(effectsOf('/*! SELECT 1; */ DROP TABLE t')).toBe('unreadable app.t');
  });

  it('takes the schema of each statement from the USE before it', () => {
    expect(effectsOf('DROP TABLE a; USE x; DROP TABLE b; USE `y z`; DROP TABLE c')).toBe(
      'drop-table app.a; drop-table x.b; drop-table y z.c',
    );
  });

  it('does not know the schema after an EXECUTE', () => {
    expect(effectsOf('EXECUTE s; DROP TABLE t')).toBe('drop-table t; run-opaque s');
  });

  it('counts empty statements for nothing', () => {
    expect(readText(Buffer.from(';;DROP TABLE t;;'), KNOWN).effects).toHaveLength(1);
  });
});
