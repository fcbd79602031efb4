import { describe, expect, it } from 'vitest';
import { lintRules } from '../../src/policy/rule-lint.js';
import { ruleFile, ruleSetOf } from './facts.js';

const found = (text: string, nowMs = Date.UTC(2027, 5, 15)) =>
  lintRules(ruleSetOf(text), nowMs).map(({ message, severity, line }) => [severity, line, message]);

describe('lintRules', () => {
  it('misses an owner and a test', () => {
    expect(found('rules: [{ id: a, match: {}, verdict: deny }]')).toEqual([
      ['warning', 1, 'nobody owns a: who is asked about it?'],
      ['warning', 1, 'no test names a: does it do what it says?'],
    ]);
  });

  it.each([
    ['2027-06-14', 'the exception x has ended: it lifts nothing any more'],
    ['2027-06-15', 'the exception x ends within 30 days'],
    ['2027-12-31', undefined],
  ])('says what an exception until %s is', (day, message) => {
    const rules = `rules:
  - { id: a, owner: o, match: {}, verdict: deny, except: [{ name: x, user: u, expires: ${day} }] }
tests: [{ sql: "DROP TABLE t", expect: deny, rule: a }]`;
    expect(found(rules)).toEqual(message === undefined ? [] : [['warning', 2, message]]);
  });

  it('leaves shipped sets alone', () => {
    const files = [ruleFile('rules: [{ id: a, match: {}, verdict: deny }]', 'd.yaml', true)];
    expect(lintRules({ files }, 0)).toEqual([]);
  });
});
