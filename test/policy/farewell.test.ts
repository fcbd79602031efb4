import { expect, it } from 'vitest';
import { farewellMessage } from '../../src/policy/farewell.js';
import { factsOf, reachOf } from './facts.js';

const decision = {
  verdict: 'deny',
  rule: 'no-drop-while-linked',
  wouldBe: 'deny',
  mode: 'enforce',
  matches: [],
  revision: '',
} as const;

it('says what it was, whom it would reach now, and what became of it', () => {
  const message = farewellMessage({
    what: 'DROP TABLE app.t',
    facts: factsOf(),
    decision,
    recordId: 'R1',
  });
  expect(message).toMatchInlineSnapshot(
    `"Interlock ended this session: DROP TABLE app.t passed on db2 while nobody followed, and now it would reach db1 (live). The server was told to stop it and to roll back what was not committed: see what was done, sever, then repeat it. Rule no-drop-while-linked. Record R1."`,
  );
});

it('stays within what every client shows, and keeps rule and record', () => {
  const reach = Array.from({ length: 50 }, (_, index) =>
    reachOf({ server: `replica-with-a-long-name-${index}` }),
  );
  const message = farewellMessage({
    what: `DROP TABLE app.${'é'.repeat(200)}`,
    facts: factsOf({ reach }),
    decision,
    recordId: 'R1',
    isRunning: true,
  });
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(500);
  expect(message).toMatch(
    /could NOT be made to stop it.* Rule no-drop-while-linked\. Record R1\.$/,
  );
});

it('names the approval that it had passed on', () => {
  const what = { what: 'DROP TABLE app.t', recordId: 'R1', approval: 'A1' };
  expect(farewellMessage({ ...what, facts: factsOf(), decision })).toContain(
    'DROP TABLE app.t passed on db2 on approval A1, given for better links, and now it would reach',
  );
});
