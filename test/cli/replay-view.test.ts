import { describe, expect, it } from 'vitest';
import type { RecordedDecision } from '../../src/audit/recorded-facts.js';
import { ReplayTally, renderReplay } from '../../src/cli/replay-view.js';
import type { Decision } from '../../src/policy/verdict.js';

const RECORD: RecordedDecision = {
  v: 1,
  kind: 'decision',
  id: 'R1',
  time: '2026-11-27T19:00:00.000Z',
  server: 'db2',
  user: 'app',
  client: { address: '10.0.0.1', port: 5 },
  session: 1,
  threadId: 2,
  statement: 'DROP TABLE app.t',
  statementSha256: 'a',
  effects: [],
  logged: 'unknown',
  mode: 'enforce',
  verdict: 'permit',
  wouldBe: 'permit',
  rule: 'none',
  revision: 'r',
  reach: [],
};
const decision = (verdict: 'permit' | 'deny', rule: string): Decision => ({
  ...{ verdict, wouldBe: verdict, rule, mode: 'enforce', matches: [], revision: 'n' },
});
const changed = { kind: 'changed', now: decision('deny', 'd') } as const;

describe('the tally of a replay', () => {
  it('counts statements that changed alike as one', () => {
    const tally = new ReplayTally('n');
    tally.note(RECORD, changed);
    tally.note({ ...RECORD, id: 'R2', time: '2026-11-27T20:00:00.000Z' }, changed);
    tally.note({ ...RECORD, id: 'R3', user: 'other' }, changed);
    tally.note({ ...RECORD, id: 'R4' }, { kind: 'same' });
    expect(tally.isSame).toBe(false);
    const text = renderReplay(tally, { color: false });
    expect(text).toBe(`DROP TABLE app.t
  2026-11-27T19:00:00.000Z … 2026-11-27T20:00:00.000Z, 2 times, app@10.0.0.1 on db2, R1
- permit by none
+ deny by d

DROP TABLE app.t
  2026-11-27T19:00:00.000Z, other@10.0.0.1 on db2, R3
- permit by none
+ deny by d

4 decisions: 3 would change, 0 cannot be told, 1 stay as they were
`);
    expect(tally.json()).toMatchObject({
      ...{ decisions: 4, same: 1, unknown: [], unreadable: [] },
      changed: [
        { count: 2, ids: ['R1', 'R2'], before: { rule: 'none' }, after: { verdict: 'deny' } },
        { count: 1, user: 'other' },
      ],
    });
  });

  it('shows what cannot be told as that, with what it may be', () => {
    const tally = new ReplayTally('n');
    const [atLeast, atMost] = [decision('permit', 'none'), decision('deny', 'd')];
    tally.note(RECORD, { kind: 'unknown', missing: ['rows'], atLeast, atMost });
    tally.note({ ...RECORD, rule: 'built-in-failure' }, { kind: 'unknown', missing: ['links'] });
    tally.unreadable.push({ line: 3, reason: 'it is no JSON' });
    const text = renderReplay(tally, { color: false });
    expect(text).toContain('? unknown: permit by none, or deny by d; rows not looked up then\n');
    expect(text).toContain('? unknown: links not looked up then\n');
    expect(text).toContain('1 lines could not be read; line 3: it is no JSON\n');
    expect(text).toContain('2 decisions: 0 would change, 2 cannot be told, 0 stay as they were\n');
  });

  it('says what shadow let pass, cuts long statements, and steers no terminal', () => {
    const tally = new ReplayTally('n');
    const statement = `DROP\n TABLE \u001b[31m${'x'.repeat(200)}`;
    tally.note({ ...RECORD, statement, wouldBe: 'deny', rule: 's', mode: 'shadow' }, changed);
    const text = renderReplay(tally, { color: false });
    expect(text).toContain('- permit by s (in shadow: would be deny)');
    expect(text.split('\n')[0]).toMatch(/^DROP TABLE \?\[31mx+…$/);
  });

  it('shows so many, and says how many more there are', () => {
    const tally = new ReplayTally('n');
    for (let n = 0; n < 60; n += 1) tally.note({ ...RECORD, statementSha256: `${n}` }, changed);
    expect(renderReplay(tally, { color: false })).toContain('and 10 more: --json has them all');
  });
});
