// The second half of a permitted statement's evidence.
import { describe, expect, it } from 'vitest';
import type { LoggedRecord, OutcomeRecord } from '../../src/audit/outcome-record.js';
import { Outcomes, type OutcomesParts } from '../../src/gateway/outcomes.js';
import { factsOf } from '../policy/facts.js';
import { answered, pictureWith } from '../topology/views.js';
import { questionOf } from './guard-parts.js';

const BEFORE = { file: 'b.000001', position: 4, gtid: '0-1-1' };
const AFTER = { file: 'b.000001', position: 99, gtid: '0-1-2' };
const PLACE = { file: 'b.000001', start: 4, end: 99, gtid: '0-1-2' };

function scene(changes: Partial<OutcomesParts> = {}) {
  const records: (OutcomeRecord | LoggedRecord)[] = [];
  const warnings: string[] = [];
  const asked: unknown[] = [];
  const outcomes = new Outcomes({
    clock: { now: () => 0, monotonic: () => 0 },
    topology: { coordinates: async () => AFTER },
    places: async (ask) => {
      asked.push(ask);
      return [PLACE];
    },
    audit: { append: async (record) => void records.push(record) },
    metrics: { auditRecord: () => undefined, auditWriteFailed: () => warnings.push('counted') },
    warn: (message) => warnings.push(message),
    ...changes,
  });
  const question = questionOf();
  const view = answered(question.requester.server, { coordinates: BEFORE });
  const facts = factsOf({ picture: pictureWith([], [view]) });
  return { outcomes, records, warnings, asked, question, facts };
}

describe('an outcome', () => {
  it('tells where the log stood, and where the statement is in it', async () => {
    const { outcomes, records, asked, question, facts } = scene();
    outcomes.permitted('R1', question, facts);
    outcomes.answered('R1', { kind: 'ok' });
    outcomes.answered('R1', { kind: 'ok' });
    await expect.poll(() => records.length).toBe(1);
    expect(records[0]).toMatchObject({ id: 'R1', binlogAfter: AFTER, loggedAs: [PLACE] });
    expect(asked).toMatchObject([{ before: BEFORE, after: AFTER, effects: facts.effects }]);
  });

  it('looks for nothing where the log before or after it is not known', async () => {
    const blind = scene({ topology: { coordinates: async () => undefined } });
    blind.outcomes.permitted('R1', blind.question, blind.facts);
    blind.outcomes.answered('R1', { kind: 'error', errorCode: 1051 });
    await expect.poll(() => blind.records.length).toBe(1);
    expect(blind.records[0]).not.toHaveProperty('loggedAs');
    const { picture: _, ...unseen } = factsOf();
    const other = scene();
    other.outcomes.permitted('R2', other.question, unseen);
    other.outcomes.answered('R2', { kind: 'ok' });
    await expect.poll(() => other.records.length).toBe(1);
    expect([...blind.asked, ...other.asked]).toEqual([]);
  });

  it('of an open transaction says so, and where it is once that has ended', async () => {
    const { outcomes, records, asked, question, facts } = scene();
    const { session } = question.requester;
    outcomes.permitted('R1', question, facts);
    outcomes.answered('R1', { kind: 'ok', isOpen: true });
    await expect.poll(() => records.length).toBe(1);
    expect(records[0]).toMatchObject({ kind: 'outcome', inTransaction: true, binlogAfter: AFTER });
    expect(records[0]).not.toHaveProperty('loggedAs');
    expect(asked).toEqual([]);
    outcomes.transactionEnded(session + 1, {});
    outcomes.transactionEnded(session, {});
    outcomes.transactionEnded(session, {});
    await expect.poll(() => records.length).toBe(2);
    expect(records[1]).toMatchObject({ kind: 'logged', id: 'R1', loggedAs: [PLACE] });
  });

  it('of what was rolled back names nobody, whoever did the same meanwhile', async () => {
    const { outcomes, records, asked, question, facts } = scene();
    outcomes.permitted('R1', question, facts);
    outcomes.answered('R1', { kind: 'ok', isOpen: true });
    outcomes.transactionEnded(question.requester.session, { isUndone: true });
    await expect.poll(() => records.length).toBe(2);
    expect(records[1]).toMatchObject({ kind: 'logged', id: 'R1', transaction: 'rolled-back' });
    expect(records[1]).not.toHaveProperty('loggedAs');
    expect(asked).toEqual([]);
  });

  it('has the GTIDs that the server told the session, and looks for these', async () => {
    const { outcomes, records, asked, question, facts } = scene();
    outcomes.permitted('R1', question, facts);
    outcomes.answered('R1', { kind: 'ok', gtids: ['0-1-2'] });
    await expect.poll(() => records.length).toBe(1);
    outcomes.permitted('R2', question, facts);
    outcomes.answered('R2', { kind: 'ok', isOpen: true });
    outcomes.transactionEnded(question.requester.session, { gtids: ['0-1-3'] });
    await expect.poll(() => records.length).toBe(3);
    expect(records[0]).toMatchObject({ kind: 'outcome', gtids: ['0-1-2'] });
    expect(records[2]).toMatchObject({ kind: 'logged', gtids: ['0-1-3'] });
    expect(asked).toMatchObject([{ gtids: ['0-1-2'] }, { gtids: ['0-1-3'] }]);
  });

  it('of a session that left its transaction open is completed by that', async () => {
    const { outcomes, records, question, facts } = scene();
    outcomes.permitted('R1', question, facts);
    outcomes.answered('R1', { kind: 'ok', isOpen: true });
    outcomes.left(question.requester.session);
    outcomes.transactionEnded(question.requester.session, {});
    outcomes.permitted('R2', question, facts);
    outcomes.answered('R2', { kind: 'ok' });
    outcomes.left(question.requester.session);
    await outcomes.settled();
    const said = records.map(({ id, kind }) => `${id} ${kind}`);
    expect(said.toSorted()).toEqual(['R1 logged', 'R1 outcome', 'R2 outcome']);
    expect(said.indexOf('R1 outcome')).toBeLessThan(said.indexOf('R1 logged'));
    expect(records.find(({ kind }) => kind === 'logged')).toMatchObject({
      transaction: 'left-open',
    });
  });

  it('that cannot be written is counted and said', async () => {
    const failing = scene({ audit: { append: () => Promise.reject(new Error('full')) } });
    failing.outcomes.permitted('R1', failing.question, failing.facts);
    failing.outcomes.answered('R1', { kind: 'ok' });
    await expect.poll(() => failing.warnings.length).toBe(2);
    failing.outcomes.answered('never permitted', { kind: 'ok' });
    expect(failing.records).toEqual([]);
  });
});
