// The shipped rule sets: they load, their own tests pass, and every rule has both kinds of test.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../src/config/rule-files.js';
import { runRuleTests } from '../../src/policy/rule-tests.js';
import type { RuleSet } from '../../src/policy/rules.js';
import { EFFECTS } from '../../src/sql/effect.js';
import { readText } from '../../src/sql/statement-facts.js';

const NOW_MS = 1_790_000_000_000;

function shipped(name: string): RuleSet {
  const loaded = loadRules({ rules: [{ kind: 'shipped', name }] });
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors, null, 1));
  return loaded.value;
}

describe.each(['default', 'peers', 'strict'])('the shipped set %s', (name) => {
  const ruleSet = shipped(name);
  const tests = ruleSet.suites.flatMap((suite) => suite.tests);

  it('passes the tests beside its rules', () => {
    const results = runRuleTests(ruleSet, readText, NOW_MS);
    expect(results.length).toBeGreaterThan(20);
    expect(results.filter(({ passed }) => !passed).map(({ diagnostic }) => diagnostic)).toEqual([]);
  });

  it('has a test that fires and one that does not for every rule', () => {
    for (const { id, verdict } of ruleSet.rules) {
      const own = tests.filter(({ rule }) => rule === id);
      expect(
        own.filter(({ expect: wanted }) => wanted === verdict),
        id,
      ).not.toEqual([]);
      expect(
        own.filter(({ expect: wanted }) => wanted === 'permit'),
        id,
      ).not.toEqual([]);
    }
  });

  it('has an owner, a title and one line of why for every rule', () => {
    const text = readFileSync(new URL(`../../rules/${name}.yaml`, import.meta.url), 'utf8');
    for (const { id, title, owner } of ruleSet.rules) {
      expect(text, id).toMatch(new RegExp(`  # [^\\n]+\\n  - id: ${id}\\n`));
      expect(title).not.toBe(id);
      expect(owner).toMatch(/^(dba|security)$/);
    }
  });

  it('has a rule for every effect', () => {
    const covered = new Set(
      ruleSet.rules.flatMap(({ conditions }) => [...(conditions.effect ?? EFFECTS)]),
    );
    expect(EFFECTS.filter((effect) => !covered.has(effect))).toEqual([]);
  });
});

describe('the ready exceptions', () => {
  it('hold beside the default set, with the tests beside them', () => {
    const path = 'rules/examples/schema-change-tools.yaml';
    const loaded = loadRules({
      rules: [
        { kind: 'shipped', name: 'default' },
        { kind: 'path', path },
      ],
    });
    if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors, null, 1));
    const results = runRuleTests(loaded.value, readText, NOW_MS);
    expect(results.filter(({ passed }) => !passed).map(({ diagnostic }) => diagnostic)).toEqual([]);
    expect(results.filter(({ file }) => file === path).length).toBeGreaterThan(15);
    // Each wants a name, an account and an address: anybody can call a table _x_gho.
    for (const { exceptions } of loaded.value.rules) {
      for (const { conditions } of exceptions) {
        expect(Object.keys(conditions)).toEqual(
          expect.arrayContaining(['table', 'user', 'client']),
        );
      }
    }
  });
});
