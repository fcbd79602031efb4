// The denial, word for word, and the promises that hold for any: its length, its beginning, its end.

import { describe, expect, it } from 'vitest';
import { builtInDenial } from '../../src/policy/builtin.js';
import { decide } from '../../src/policy/decide.js';
import { DENIAL_BYTES_MAX, denialMessage } from '../../src/policy/explain.js';
import { byteLength } from '../../src/policy/message-parts.js';
import { BUILT_IN_RULES, type Facts } from '../../src/policy/verdict.js';
import { LINK_STATES, type LinkState, STRANGER } from '../../src/topology/snapshot.js';
import { fc } from '../support/properties.js';
import { effectOf, factsOf, reachOf, ruleSetOf } from './facts.js';
import { pictureOf } from './picture.js';

const RECORD = '01JD2V7K8Q4W';
const rules = ruleSetOf(`rules:
  - id: no-drop-while-linked
    title: Dropping data while another server would follow
    match: {}
    when: { links: linked }
    verdict: deny
`);
const latching = ruleSetOf(
  'rules: [{ id: latch-it, match: {}, when: { links: linked }, verdict: deny, then: latch }]',
);

const always = ruleSetOf(`rules:
  - id: no-drop-while-linked
    title: Dropping data while another server would follow
    match: {}
    verdict: deny
`);

const message = (
  facts: Facts,
  // What reaches nobody is refused by no rule about links.
  ruleSet = facts.reach.length === 0 ? always : rules,
): string =>
  denialMessage({ decision: decide(facts, ruleSet, 'enforce'), facts, recordId: RECORD });

const users = effectOf({ objects: [{ schema: 'app', name: 'users' }] });
const many = effectOf({
  objects: 'users t2 t3 t4 t5'.split(' ').map((name) => ({ schema: 'app', name })),
});
const indirect = reachOf({ server: 'replica1', path: ['db2', 'db1', 'replica1'], writable: false });
const farm = Array.from({ length: 48 }, (_, n) =>
  reachOf({ server: `replica${n}`, path: ['db2', 'db1', `replica${n}`] }),
);

describe('denialMessage', () => {
  it.each<[string, Facts]>([
    [
      'live, directly',
      factsOf({ effects: [users], picture: pictureOf({ flavour: 'mariadb', version: 101_119 }) }),
    ],
    [
      'live, directly and through another',
      factsOf({
        effects: [users],
        reach: [indirect, reachOf()],
        picture: pictureOf({ flavour: 'mysql', version: 90_704 }),
      }),
    ],
    [
      'armed',
      factsOf({
        effects: [many],
        reach: [reachOf({ state: 'armed' })],
        picture: pictureOf({ flavour: 'mysql', version: 50_624 }),
      }),
    ],
    [
      'unknown',
      factsOf({
        effects: [users],
        reach: [reachOf({ state: 'unknown', reason: 'db1 did not say: access-denied' })],
      }),
    ],
    [
      'a stranger',
      factsOf({
        effects: [users],
        reach: [
          reachOf({
            server: STRANGER,
            path: ['db2', STRANGER],
            reason: 'Binlog Dump by repl@10.0.0.9',
          }),
        ],
      }),
    ],
    ['a farm of replicas', factsOf({ effects: [users], reach: [reachOf(), ...farm] })],
    ['nobody', factsOf({ effects: [users], reach: [] })],
    [
      'a whole schema',
      factsOf({ effects: [effectOf({ verb: 'DROP DATABASE', objects: [{ schema: 'app' }] })] }),
    ],
    [
      'what cannot be known',
      factsOf({
        effects: [
          effectOf({
            effect: 'run-opaque',
            verb: 'EXECUTE',
            objects: [{ name: 's' }],
            reason: 'what the prepared statement s does is not in this text',
          }),
        ],
      }),
    ],
    [
      'history',
      factsOf({
        effects: [effectOf({ effect: 'destroy-history', verb: 'RESET MASTER', objects: [] })],
      }),
    ],
    [
      'a name that is not ASCII',
      factsOf({ effects: [effectOf({ objects: [{ schema: 'магазин', name: '用户' }] })] }),
    ],
  ])('reads well for %s', (_, facts) => {
    expect(message(facts)).toMatchSnapshot();
  });

  it('advises no severing where the rule asks nothing of links', () => {
    const forever = ruleSetOf(
      'rules: [{ id: forever, title: Orders are the company, match: {}, verdict: deny }]',
    );
    const text = `Interlock refused DROP TABLE app.t on db2: Orders are the company. Rule forever. Record ${RECORD}.`;
    expect(message(factsOf(), forever)).toBe(text);
    expect(message(factsOf({ reach: [] }), forever)).toBe(text);
  });

  it('says that the session takes no more writes', () => {
    expect(message(factsOf(), latching)).toMatchSnapshot();
  });

  it.each(BUILT_IN_RULES)('reads well for %s', (rule) => {
    const decision = builtInDenial(
      rule,
      rule === 'built-in-no-rules' ? 'no rules could be loaded' : 'write failed: ENOSPC',
      'r',
    );
    expect(denialMessage({ decision, facts: factsOf(), recordId: RECORD })).toMatchSnapshot();
    const bare = denialMessage({
      decision,
      facts: factsOf({ effects: [], reach: [] }),
      recordId: RECORD,
    });
    expect(bare).toMatch(/^Interlock refused a statement on db2: /);
  });

  it('is bounded, whole at both ends and in one piece, whatever is in it', () => {
    const name = fc.string({ unit: 'binary', maxLength: 64 });
    const server = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/);
    const object = fc.record({ schema: name, name }, { requiredKeys: [] });
    const entry = fc.record({
      server,
      path: fc.array(server, { maxLength: 5 }),
      state: fc.constantFrom(
        ...LINK_STATES.filter(
          (state): state is Exclude<LinkState, 'severed'> => state !== 'severed',
        ),
      ),
      reason: fc.string({ unit: 'binary', maxLength: 300 }),
    });
    const facts = fc
      .record({
        objects: fc.array(object, { maxLength: 60 }),
        reach: fc.array(entry, { maxLength: 60 }),
        verb: fc.string({ maxLength: 200 }),
        server,
      })
      .map(({ objects, reach, verb, server: guarded }) =>
        factsOf({
          effects: [effectOf({ objects, verb })],
          reach: reach.map((one) => reachOf(one)),
          requester: { server: guarded },
        }),
      );
    fc.assert(
      fc.property(facts, fc.boolean(), (given, isLatching) => {
        const text = message(given, isLatching && given.reach.length > 0 ? latching : undefined);
        expect(byteLength(text)).toBeLessThanOrEqual(DENIAL_BYTES_MAX);
        expect(text).toMatch(/^Interlock refused /);
        expect(text).toMatch(/ Rule (no-drop-while-linked|latch-it)\. Record 01JD2V7K8Q4W\.$/);
        expect(text).not.toMatch(/[\p{Cc}\ufffd]/u);
        expect(text).not.toMatch(/\p{Cs}/u);
      }),
      { numRuns: 500 },
    );
  });

  it('stays in ASCII when the names do, whatever a server said', () => {
    const reach = [reachOf({ state: 'unknown', reason: 'Zugriff für Benutzer verweigert' })];
    expect(message(factsOf({ reach }))).toMatch(/^[\x20-\x7e]+$/);
  });
});
