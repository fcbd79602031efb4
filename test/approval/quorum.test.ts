import { describe, expect, it } from 'vitest';
import type { Approvers, Person } from '../../src/approval/approvers.js';
import { isAsked, isRequester, quorumOf, type Signature } from '../../src/approval/quorum.js';
import type { RuleNeed } from '../../src/approval/request.js';

const PEOPLE: readonly Person[] = [
  { name: 'alice', groups: ['dba'], accounts: ['alice', 'shared'] },
  { name: 'bob', groups: ['security'], accounts: ['bob', 'shared'] },
  { name: 'carol', groups: ['dba', 'security'], accounts: ['dba'] },
  { name: 'dan', groups: ['dba'], accounts: [] },
];
const approvers: Approvers = {
  people: new Map(PEOPLE.map((person) => [person.name, person])),
  keys: new Map(),
};

function need(more: Partial<RuleNeed> = {}): RuleNeed {
  const base = { rule: 'r', title: 'R', count: 2, from: ['dba', 'security'] };
  return { ...base, onePerGroup: false, requester: 'known', ...more };
}

function signed(...names: string[]): readonly Signature[] {
  return names.map((person, index) => ({
    person,
    groups: approvers.people.get(person)?.groups ?? [],
    addedMs: index + 1,
  }));
}

const missing = (names: string[], needs: readonly RuleNeed[], user = 'dba') =>
  quorumOf(signed(...names), needs, { user, approvers }).missing;

describe('quorumOf', () => {
  it('counts distinct people of the groups asked for', () => {
    expect(missing([], [need()])).toEqual(['0 of 2 approvals of dba or security']);
    expect(missing(['alice', 'alice'], [need()])).toEqual(['1 of 2 approvals of dba or security']);
    expect(missing(['alice', 'bob'], [need()])).toEqual([]);
    expect(missing(['alice', 'bob'], [need({ from: ['dba'] })])).toEqual([
      '1 of 2 approvals of dba',
    ]);
    expect(missing(['alice', 'bob'], [need({ from: [] })])).toEqual([]);
  });

  it('never counts whoever may be asking, shared accounts included', () => {
    expect(missing(['alice', 'carol'], [need()], 'dba')).toEqual([
      '1 of 2 approvals of dba or security',
    ]);
    expect(missing(['alice', 'bob'], [need()], 'shared')).toEqual([
      '0 of 2 approvals of dba or security',
    ]);
    expect(isRequester('carol', { user: 'dba', approvers })).toBe(true);
    expect(isRequester('carol', { user: 'DBA', approvers })).toBe(false);
  });

  it('asks for one of each group where the rule does, each person standing for one', () => {
    const each = need({ onePerGroup: true });
    expect(missing(['alice', 'dan'], [each], 'alice2')).toEqual(
      expect.arrayContaining([expect.stringContaining('requester unknown')]),
    );
    expect(missing(['alice', 'dan'], [each])).toEqual(['an approval of security']);
    expect(missing(['carol', 'alice'], [each], 'bob')).toEqual([]);
    expect(missing(['carol', 'dan'], [each], 'bob')).toEqual([]);
    expect(missing(['carol'], [need({ onePerGroup: true, count: 1 })], 'bob')).toEqual([
      'an approval of security',
    ]);
  });

  it('must content every rule, and tells when it did', () => {
    const needs = [need(), need({ rule: 's', count: 1, from: ['security'] })];
    expect(missing(['alice', 'dan'], needs)).toEqual(['0 of 1 approvals of security']);
    const enough = quorumOf(signed('alice', 'bob', 'dan'), needs, { user: 'dba', approvers });
    expect(enough).toEqual({ reachedAtMs: 2, missing: [] });
    expect(quorumOf([], [], { user: 'dba', approvers }).reachedAtMs).toBeUndefined();
  });

  it('asks people of the groups that some rule names', () => {
    const [alice] = PEOPLE;
    if (alice === undefined) return;
    expect(isAsked(alice, [need({ from: ['security'] })])).toBe(false);
    expect(isAsked(alice, [need({ from: ['security'] }), need({ from: [] })])).toBe(true);
  });
});
