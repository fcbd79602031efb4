import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { explanationJson, renderExplanation, type Told } from '../../src/cli/explain-view.js';
import { explainDecision } from '../../src/policy/rule-trace.js';
import type { Facts } from '../../src/policy/verdict.js';
import { effectOf, factsOf, reachOf, ruleSetOf } from '../policy/facts.js';

const RULES = ruleSetOf(`
rules:
  - id: no-drop
    match: { effect: [drop-table] }
    when: { links: linked }
    verdict: deny
    except: [{ name: scratch, table: ["scratch_*"] }]
  - { id: no-truncate, match: { effect: [truncate-table] }, verdict: deny }
  - { id: no-drop-by-bob, match: { effect: [drop-table], user: [bob] }, verdict: deny }
`);

function told(facts: Facts, changes: Partial<Told> = {}): Told {
  const text = Buffer.from('  DROP TABLE app.t ; SELECT 1');
  const statements = [
    { start: 0, end: 19 },
    { start: 20, end: text.length },
  ];
  return {
    text,
    read: { effects: facts.effects, statements },
    facts,
    explanation: explainDecision(facts, RULES, 'enforce'),
    assumed: '',
    message: 'Interlock refused it.',
    ...changes,
  };
}

const plain = (one: Told): string => renderExplanation(one, { color: false });

describe('an explanation', () => {
  it('shows each statement, its effects, whom it reaches, the rules and the verdict', () => {
    expect(plain(told(factsOf()))).toBe(`Statements
  DROP TABLE app.t
  SELECT 1

Effects
  drop-table  DROP TABLE app.t

Reaches
  db2 → db1  live, writable  (I/O thread running)

Rules
  no-drop: matches drop-table → deny
    its exception scratch does not hold: table is app.t, wanted scratch_*
  no-drop-by-bob: no match for drop-table: user is app, wanted bob

Verdict  deny by no-drop

  Interlock refused it.
`);
  });

  it('says what was assumed, and that nobody is reached where nobody is', () => {
    const { message: _, ...rest } = told(factsOf({ reach: [] }), { assumed: 'links: live' });
    const shown = plain({ ...rest, message: undefined });
    expect(shown).toContain('no other server: every link is severed');
    expect(shown).toContain('assumed: links: live');
    expect(shown).toMatch(/Verdict {2}permit by none\n$/);
  });

  it('names the exception that lifted a rule', () => {
    const effects = [effectOf({ objects: [{ schema: 'app', name: 'scratch_1' }] })];
    expect(plain(told(factsOf({ effects })))).toContain(
      'no-drop: matches drop-table → deny, lifted by exception scratch',
    );
  });

  it('says why something cannot be read, is deferred, or reads differently', () => {
    const effects = [
      effectOf({ effect: 'run-opaque', verb: 'EXECUTE s', objects: [], reason: 'from a variable' }),
      effectOf({ deferred: true }),
    ];
    const facts = factsOf({ effects });
    const read = { effects, statements: [], ambiguity: 'sql_mode' };
    const shown = plain(told(facts, { read }));
    expect(shown).toContain('run-opaque  EXECUTE s  (from a variable)');
    expect(shown).toContain('(deferred: in code kept for later)');
    expect(shown).toContain('it reads differently: sql_mode');
  });

  it('says that what has no effect passes without any rule', () => {
    const facts = factsOf({ effects: [] });
    const shown = plain(told(facts, { read: { effects: [], statements: [] } }));
    expect(shown).toContain('none: it passes without any rule being looked at');
    expect(shown).toContain('Verdict  permit (nothing guarded in it)');
  });

  it('is the same text with colour, colours taken out', () => {
    const coloured = renderExplanation(told(factsOf()), { color: true });
    expect(coloured).not.toBe(plain(told(factsOf())));
    expect(stripVTControlCharacters(coloured)).toBe(plain(told(factsOf())));
  });

  it('has everything as data, every rule’s trace included', () => {
    expect(explanationJson(told(factsOf({ reach: [reachOf()] })))).toMatchObject({
      server: 'db2',
      statements: ['DROP TABLE app.t', 'SELECT 1'],
      effects: [{ effect: 'drop-table', objects: ['app.t'] }],
      verdict: 'deny',
      rule: 'no-drop',
      traces: expect.arrayContaining([
        expect.objectContaining({ rule: 'no-drop', outcome: 'matched' }),
        expect.objectContaining({ rule: 'no-truncate', outcome: 'missed' }),
      ]),
      message: 'Interlock refused it.',
    });
  });
});
