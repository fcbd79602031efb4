import { describe, expect, it } from 'vitest';
import { ruleErrors } from './facts.js';

const messages = (fields: string, verdict = 'deny') =>
  ruleErrors(`rules: [{ id: a, verdict: ${verdict}, ${fields} }]`).map(({ message }) => message);

describe('checkRule', () => {
  it.each<[string, string, string?]>([
    [
      'match: {}, when: { links: severed, reaches: db1 }',
      'what is severed reaches nobody: this rule can never match both',
    ],
    [
      'match: {}, when: { reaches: [writable, db1] }',
      '"writable" stands alone, not beside names of servers',
    ],
    [
      'match: {}, approvals: { count: 2 }',
      'approvals only count for verdict: require-approval, and this is deny',
    ],
    ['match: {}, then: latch', '"then" only follows a denial', 'permit'],
    [
      'match: {}, except: [{ name: x }]',
      'an exception without a field would lift the rule for everything',
    ],
    [
      'match: {}, except: [{ name: x, user: a }, { name: x, user: b }]',
      'there are two exceptions named "x"',
    ],
    [
      'match: { client: 10.0.0.0/40 }',
      '"10.0.0.0/40" is no network: expected one such as 10.1.0.0/16 or 2001:db8::/32',
    ],
    [
      'match: {}, except: [{ name: x, client: db1 }]',
      '"db1" is no network: expected one such as 10.1.0.0/16 or 2001:db8::/32',
    ],
  ])('refuses %s', (fields, message, verdict) => {
    expect(messages(fields, verdict)).toEqual([message]);
  });

  it('finds nothing in what is right', () => {
    expect(
      messages(
        'match: { client: ["::1", 10.0.0.0/8] }, then: close, when: { links: live, reaches: writable }, except: [{ name: x, logged: false }]',
      ),
    ).toEqual([]);
    expect(messages('match: {}, approvals: { count: 2, from: [dba] }', 'require-approval')).toEqual(
      [],
    );
    expect(messages('match: { program: mysql }, then: latch', 'permit')).toEqual([]);
  });
});
