import { describe, expect, it } from 'vitest';
import { underAnyAnswer } from '../../src/policy/any-answer.js';
import type { RuleSet } from '../../src/policy/rules.js';
import type { StatementEffect } from '../../src/sql/effect.js';
import type { LinkState } from '../../src/topology/snapshot.js';
import { answered, linkOf, pictureWith } from '../topology/views.js';
import { effectOf, factsOf, NOW_MS, oneRule, ruleSetOf } from './facts.js';

interface Asked {
  readonly rules: RuleSet | undefined;
  readonly state?: LinkState;
  readonly effect?: Partial<StatementEffect>;
  readonly database?: string;
  readonly mode?: 'enforce' | 'shadow';
  readonly isInGalera?: boolean;
}

function under({ rules, state = 'severed', effect = {}, database, mode, isInGalera }: Asked) {
  const more = database === undefined ? {} : { database };
  const { requester } = factsOf({ requester: more });
  const groups = isInGalera ? [{ kind: 'galera' as const, name: 'c', members: [] }] : [];
  const views = [answered('db1'), answered('db2', { groups } as object)];
  return underAnyAnswer({
    question: { requester, facts: { effects: [effectOf(effect)], statements: [] } },
    picture: pictureWith([linkOf('db2', 'db1', state)], views),
    elsewhere: [],
    rules,
    mode: mode ?? 'enforce',
    nowMs: NOW_MS,
  });
}

const LINKED = ruleSetOf(`
rules:
  - id: no-drop-while-linked
    match: { effect: [drop-table] }
    when: { links: linked }
    verdict: deny
`);

describe('a statement whose session was not asked', () => {
  it('passes for certain while nobody follows, and not while anybody does', () => {
    const severed = under({ rules: LINKED });
    expect(severed).toMatchObject({ isCertain: true, decision: { verdict: 'permit' } });
    expect(severed.facts).toMatchObject({ logged: 'unknown', reach: [] });
    expect(severed.facts).not.toHaveProperty('logging');
    for (const state of ['live', 'armed', 'unknown'] as const) {
      expect(under({ rules: LINKED, state }), state).toMatchObject({
        isCertain: false,
        decision: { verdict: 'deny', rule: 'no-drop-while-linked' },
      });
    }
  });

  it.each([true, false])('is asked where a rule looks at logged: %s', (logged) => {
    const rules = oneRule(`effect: [drop-table], logged: ${logged}`);
    expect(under({ rules })).toMatchObject({ isCertain: false, decision: { verdict: 'deny' } });
    const lifted = oneRule(
      'effect: [drop-table]',
      `except: [{ name: quiet, logged: ${logged}, owner: dba, expires: 2099-01-01 }]`,
    );
    expect(under({ rules: lifted }).isCertain).toBe(false);
  });

  it('is asked where a rule looks at the schema that it may be in', () => {
    const rules = oneRule('effect: [drop-table], schema: [crm]');
    expect(under({ rules }).isCertain).toBe(true);
    expect(under({ rules, database: 'app' })).toMatchObject({
      isCertain: false,
      facts: { effects: [{ objects: [{ schema: 'app', name: 't' }] }] },
    });
    expect(under({ rules, database: 'other' }).isCertain).toBe(true);
    const excepted = oneRule(
      'effect: [drop-table]',
      'except: [{ name: scratch, schema: [app], owner: dba, expires: 2099-01-01 }]',
    );
    expect(under({ rules: excepted }).isCertain).toBe(true);
    expect(under({ rules: excepted, database: 'app' }).isCertain).toBe(false);
  });

  it('is asked where only what is recorded would differ', () => {
    const shadow = oneRule('effect: [drop-table], logged: false', 'mode: shadow');
    expect(under({ rules: shadow })).toMatchObject({
      isCertain: false,
      decision: { verdict: 'permit' },
    });
    const noted = ruleSetOf(
      'rules: [{ id: noted, match: { effect: [drop-table], logged: true }, verdict: permit }]',
    );
    expect(under({ rules: noted }).isCertain).toBe(false);
    expect(under({ rules: oneRule('effect: [drop-table]'), mode: 'shadow' }).isCertain).toBe(false);
  });

  it('is asked where a rule hangs on sizes, or there are no rules', () => {
    const large = ruleSetOf(
      'rules: [{ id: large, match: { effect: [drop-table], rows: ">10" }, verdict: permit }]',
    );
    expect(under({ rules: large }).isCertain).toBe(false);
    expect(under({ rules: undefined })).toMatchObject({
      isCertain: false,
      decision: { rule: 'built-in-no-rules' },
    });
  });
});
