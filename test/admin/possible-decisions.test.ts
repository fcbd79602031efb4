// The series of decisions_total that exist from the start.
import { describe, expect, it } from 'vitest';
import { type LoadedRule, possibleDecisions } from '../../src/admin/possible-decisions.js';

const seriesOf = (mode: 'enforce' | 'shadow', rule: LoadedRule) =>
  possibleDecisions([{ name: 'db1', mode }], [rule])
    .filter((labels) => labels.rule === rule.id)
    .map(({ verdict, mode: decided }) => `${verdict} ${decided}`);

describe('possible decisions', () => {
  it.each([
    ['enforce', 'enforce', ['deny enforce']],
    ['enforce', 'shadow', ['deny shadow']],
    ['shadow', 'enforce', ['deny shadow']],
    ['shadow', 'shadow', ['deny shadow']],
    ['enforce', 'off', []],
  ] as const)('of a server in %s and a rule in %s are %j', (server, mode, expected) => {
    expect(seriesOf(server, { id: 'r', mode, verdict: 'deny' })).toEqual(expected);
  });

  it('are a permit too where people may approve', () => {
    const rule = { id: 'r', mode: 'enforce', verdict: 'require-approval' } as const;
    expect(seriesOf('enforce', rule)).toEqual(['require-approval enforce', 'permit enforce']);
    expect(seriesOf('shadow', rule)).toEqual(['require-approval shadow']);
  });

  it('are both refusals where the verdict is not told', () => {
    expect(seriesOf('enforce', { id: 'r', mode: 'enforce' })).toEqual([
      'deny enforce',
      'require-approval enforce',
    ]);
  });
});
