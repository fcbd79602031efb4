import { describe, expect, it } from 'vitest';
import { ruleSetOf } from './facts.js';

describe('compileRule', () => {
  it('fills in what a rule leaves out', () => {
    expect(ruleSetOf('rules: [{ id: a, match: {}, verdict: deny }]').rules[0]).toEqual({
      id: 'a',
      title: 'a',
      file: 'rules-0.yaml',
      conditions: {},
      when: {},
      verdict: 'deny',
      mode: 'enforce',
      exceptions: [],
    });
  });

  it('keeps everything a rule says', () => {
    const [rule] = ruleSetOf(`rules:
  - id: a
    title: T
    owner: o
    match: { effect: drop-table, server: s, schema: c, table: t, user: u, client: 10.0.0.0/8, program: p, deferred: true, logged: false, rows: ">1", bytes: ">1B" }
    when: { links: live, reaches: [writable] }
    verdict: require-approval
    approvals: { count: 2, from: dba }
    then: close
    mode: shadow
    except: [{ name: x, user: u, expires: 1970-01-01 }]
`).rules;
    expect(Object.keys(rule?.conditions ?? {})).toHaveLength(11);
    expect(rule).toMatchObject({
      owner: 'o',
      mode: 'shadow',
      afterwards: 'close',
      when: { links: ['live'], reaches: 'writable' },
      approvals: { count: 2, from: ['dba'], requester: 'known' },
      exceptions: [{ name: 'x', endsAtMs: 86_400_000 }],
    });
  });
});
