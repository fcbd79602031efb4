// The last step before a verdict counts: who is let in, who has to wait for whom.
import { describe, expect, it } from 'vitest';
import { FlightBook } from '../../src/flight/book.js';
import { type Asked, Flights } from '../../src/flight/flights.js';
import type { Question } from '../../src/policy/verdict.js';
import type { StatementEffect } from '../../src/sql/effect.js';
import { questionOf } from '../gateway/guard-parts.js';
import { effectOf, factsOf } from '../policy/facts.js';
import { judge, pictureIn } from './flying.js';

function scene() {
  const book = new FlightBook();
  const clock = { now: () => 0, monotonic: () => 200 };
  const flights = new Flights({
    book,
    clock,
    linkedBy: () => ['db2'],
    keepsPrepared: () => true,
    changed: () => undefined,
  });
  const ask = (recordId: string, given: Partial<Asked> = {}) =>
    flights.settle({
      recordId,
      question: questionOf(),
      picture: pictureIn('severed'),
      mode: 'enforce',
      judge,
      doom: () => undefined,
      ...given,
    });
  return { book, flights, ask };
}

const permits: Asked['judge'] = () => {
  const { facts, decision } = judge(pictureIn('severed'));
  return { facts, decision };
};

function question(sql: string, given: Partial<Question> = {}): Question {
  return {
    ...questionOf({ facts: { effects: [], statements: [] } }),
    text: Buffer.from(sql),
    ...given,
  };
}

const start: StatementEffect = effectOf({ effect: 'relink', verb: 'START SLAVE', objects: [] });
const linker = (): Question => ({
  ...question('START SLAVE', { facts: { effects: [start], statements: [] } }),
  requester: { ...factsOf().requester, server: 'db1', session: 5 },
});

describe('settling a verdict', () => {
  it('lets in what would be refused if anybody followed', () => {
    const { book, ask } = scene();
    expect(ask('r1')).toMatchObject({ isInFlight: true, decision: { verdict: 'permit' } });
    expect(book.flights).toMatchObject([{ recordId: 'r1', what: 'DROP TABLE app.t' }]);
  });

  it('lets in nothing that no link could make worse, and nothing refused', () => {
    const { book, ask } = scene();
    expect(ask('r1', { judge: permits })).toMatchObject({ isInFlight: false });
    expect(ask('r2', { picture: pictureIn('live') })).toMatchObject({ isInFlight: false });
    expect(book.flights).toEqual([]);
  });

  it('refuses to link what is in flight, and links once it has landed', () => {
    const { ask, flights } = scene();
    ask('r1');
    const relink = { question: linker(), judge: permits };
    const refused = ask('l1', relink).decision;
    expect(refused).toMatchObject({ verdict: 'deny', rule: 'built-in-in-flight' });
    expect(refused.reason).toBe('DROP TABLE app.t on db2, session 1, record r1');
    expect(ask('l2', { ...relink, mode: 'shadow' }).decision).toMatchObject({
      verdict: 'permit',
      wouldBe: 'deny',
    });
    flights.landed('l2', { kind: 'error' });
    flights.landed('r1', { kind: 'ok' });
    // Landed at 200: a picture of before says nothing of what it logged.
    expect(ask('l3', relink).decision.verdict).toBe('deny');
    const since = { ...relink, picture: pictureIn('severed', 201) };
    expect(ask('l4', since).decision.verdict).toBe('permit');
  });

  it('counts as linked what is being linked', () => {
    const { ask } = scene();
    expect(ask('l1', { question: linker(), judge: permits }).decision.verdict).toBe('permit');
    const refused = ask('r1');
    expect(refused.decision).toMatchObject({ verdict: 'deny', rule: 'no-drop-while-linked' });
    expect(refused.facts.reach[0]?.state).toBe('live');
  });

  it('refuses the commit of what would reach somebody by now, and ends the session', () => {
    const { ask, flights } = scene();
    ask('r1');
    flights.landed('r1', { kind: 'ok', isOpen: true });
    const commit = { question: question('COMMIT', { commits: true }), judge: permits };
    expect(flights.concerns(commit.question)).toBe(true);
    const allowed = ask('c1', commit);
    expect(allowed.decision.verdict).toBe('permit');
    expect(allowed.facts.effects.map(({ verb }) => verb)).toContain('DROP TABLE');
    const refused = ask('c2', { ...commit, picture: pictureIn('live') }).decision;
    expect(refused).toMatchObject({
      verdict: 'deny',
      afterwards: 'close',
      effect: { verb: 'COMMIT of DROP TABLE' },
    });
  });

  it('holds the commit of another session to what it would commit', () => {
    const { ask, flights, book } = scene();
    ask('r1');
    flights.landed('r1', { kind: 'ok', isOpen: true });
    ask('p1', { question: question("XA PREPARE 'x'", { commits: true }), judge: permits });
    flights.landed('p1', { kind: 'ok' });
    const requester = { ...factsOf().requester, session: 8 };
    const commit = question("XA COMMIT 'x'", { commits: true, requester });
    expect(ask('c1', { question: commit, picture: pictureIn('armed') }).decision.verdict).toBe(
      'deny',
    );
    expect(ask('c2', { question: commit, judge: permits })).toMatchObject({ isInFlight: true });
    expect(book.flights.map(({ what }) => what)).toContain('COMMIT of DROP TABLE app.t');
    flights.landed('c2', { kind: 'ok' });
    expect(book.flights).toEqual([]);
  });

  it('is not concerned by what commits nothing in flight', () => {
    const { flights } = scene();
    expect(flights.concerns(question('COMMIT', { commits: true }))).toBe(false);
    expect(flights.concerns(question("XA COMMIT 'x'", { commits: true }))).toBe(false);
  });
});
