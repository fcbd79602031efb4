// A recorded statement under other rules: known where it hangs on nothing that nobody looked up.
import { describe, expect, it } from 'vitest';
import { type Replayed, replayed } from '../../src/policy/replay.js';
import type { Facts } from '../../src/policy/verdict.js';
import type { StatementEffect } from '../../src/sql/effect.js';
import { effectOf, factsOf, ruleSetOf } from './facts.js';

const rule = (id: string, verdict: string, match: string, more = '') =>
  `{ id: ${id}, match: { ${match} }, verdict: ${verdict}${more && `, ${more}`} }`;

function replay(
  rules: readonly string[],
  facts: Facts,
  unnamed: readonly StatementEffect[] = [],
): string {
  const set = ruleSetOf(`rules: [${rules.join(', ')}]`);
  return told(replayed({ facts, unnamed: new Set(unnamed) }, set, 'enforce'));
}

function told(outcome: Replayed): string {
  if (outcome.kind === 'known') return `${outcome.decision.verdict} by ${outcome.decision.rule}`;
  const [least, most] = [outcome.atLeast, outcome.atMost].map(
    (one) => `${one.verdict} by ${one.rule}`,
  );
  return `${outcome.missing.join('+')}: ${least} or ${most}`;
}

const sized = (size: object) =>
  factsOf({ effects: [effectOf({ objects: [{ schema: 'app', name: 't', ...size }] })] });

describe('replayed', () => {
  it('says what other rules say where all they ask for was recorded', () => {
    expect(replay([rule('d', 'deny', 'table: t')], factsOf())).toBe('deny by d');
    expect(replay([rule('d', 'deny', 'table: u')], factsOf())).toBe('permit by none');
    expect(replay([rule('d', 'deny', 'rows: ">5"')], sized({ rows: 9, bytes: 1 }))).toBe(
      'deny by d',
    );
    expect(replay([rule('d', 'deny', 'rows: ">5"')], sized({ rows: 4, bytes: 1 }))).toBe(
      'permit by none',
    );
  });

  it('takes a size that was asked for in vain as it was taken then', () => {
    const facts = sized({ rows: 'unknown', bytes: 'unknown' });
    expect(replay([rule('d', 'deny', 'rows: ">5"')], facts)).toBe('deny by d');
  });

  it('does not guess a size that nobody looked up', () => {
    expect(replay([rule('d', 'deny', 'rows: ">5"')], factsOf())).toBe(
      'rows: permit by none or deny by d',
    );
    expect(replay([rule('d', 'deny', 'bytes: ">5KiB", table: t')], factsOf())).toBe(
      'bytes: permit by none or deny by d',
    );
    const small = 'except: [{ name: small, rows: "<5" }]';
    expect(replay([rule('d', 'deny', '', small)], factsOf())).toBe(
      'rows: permit by none or deny by d',
    );
  });

  it('knows the answer where it hangs on no such size', () => {
    const large = rule('large', 'require-approval', 'rows: ">5"');
    expect(replay([large, rule('all', 'deny', '')], factsOf())).toBe('deny by all');
    expect(replay([rule('d', 'deny', 'rows: ">5", table: u')], factsOf())).toBe('permit by none');
    const ghost = 'except: [{ name: ghost, user: app }]';
    expect(replay([rule('d', 'deny', 'rows: ">5"', ghost)], factsOf())).toBe('permit by none');
    // Both would deny, but by another rule.
    const first = rule('a-large', 'deny', 'rows: ">5"');
    expect(replay([first, rule('all', 'deny', '')], factsOf())).toBe(
      'rows: deny by all or deny by a-large',
    );
  });

  it('does not guess the residue of a relink of which none was recorded', () => {
    const facts = factsOf({ effects: [effectOf({ effect: 'relink', objects: [] })] });
    const over = rule('d', 'deny', 'effect: relink', 'when: { residue: any }');
    expect(replay([over], facts)).toBe('residue: permit by none or deny by d');
    const known = { ...facts, residue: { state: 'none', pairs: [] } } as const;
    expect(replay([over], known)).toBe('permit by none');
    const every = 'when: { residue: [any, none, unknown] }';
    expect(replay([rule('d', 'deny', 'effect: relink', every)], facts)).toBe('deny by d');
  });

  it('does not guess what an effect without names was about', () => {
    const effect = effectOf({ objects: [] });
    const facts = factsOf({ effects: [effect] });
    const rules = [rule('d', 'deny', 'table: t')];
    expect(replay(rules, facts, [effect])).toBe('objects: permit by none or deny by d');
    expect(replay([rule('d', 'deny', '')], facts, [effect])).toBe('deny by d');
    expect(replay(rules, facts)).toBe('deny by d');
  });

  it('judges in the mode it is given', () => {
    const set = ruleSetOf(`rules: [${rule('d', 'deny', '')}]`);
    const recorded = { facts: factsOf(), unnamed: new Set<StatementEffect>() };
    expect(replayed(recorded, set, 'shadow')).toMatchObject({
      decision: { verdict: 'permit', wouldBe: 'deny', rule: 'd' },
    });
  });
});
