// Records: every fact a rule can match, no literal of the statement, and nothing that is not known.
import { describe, expect, it } from 'vitest';
import { decisionRecord } from '../../src/audit/record.js';
import type { Decision, Facts, Question } from '../../src/policy/verdict.js';
import type { Link, Picture } from '../../src/topology/snapshot.js';
import { mariadb } from '../topology/views.js';

const text = Buffer.from("DROP TABLE app.t; DELETE FROM u WHERE pin='4711'");
const effects = [
  {
    effect: 'drop-table',
    verb: 'DROP TABLE',
    objects: [{ schema: 'app', name: 't' }, { name: 'u' }],
    deferred: false,
  },
] as const;
const requester = {
  server: 'db2',
  session: 7,
  threadId: 42,
  user: 'dba',
  address: '10.1.2.3',
  port: 50_000,
};
const question: Question = {
  requester,
  command: 'COM_QUERY',
  payload: text,
  text,
  facts: { effects, statements: [] },
};
const decision: Decision = {
  verdict: 'deny',
  wouldBe: 'deny',
  mode: 'enforce',
  rule: 'no-drop-while-linked',
  matches: [],
  revision: 'abc',
};
const link = (source: string, consumer: string, state: Link['state']): Link => ({
  source,
  consumer,
  state,
  reason: 'because',
  threads: [],
  reader: false,
});
const answer = mariadb('db2', {
  askedAtMs: 1_000,
  versionText: '10.11.19-MariaDB',
  coordinates: { file: 'bin.000001', position: 328, gtid: '0-2-5' },
});
const picture: Picture = {
  askedAtMs: 1_000,
  askedAtMonotonicMs: 10,
  entries: [],
  views: new Map([['db2', answer]]),
  links: [
    link('db2', 'db1', 'live'),
    link('db2', 'replica1', 'severed'),
    link('db1', 'replica1', 'live'),
    link('db1', 'db2', 'severed'),
    link('replica1', 'db1', 'unknown'),
  ],
};
const facts: Facts = {
  requester,
  effects,
  logged: true,
  reach: [
    { server: 'db1', path: ['db2', 'db1'], state: 'live', writable: true, reason: 'because' },
    {
      server: 'replica1',
      path: ['db2', 'db1', 'replica1'],
      state: 'live',
      writable: false,
      reason: 'because',
    },
  ],
  picture,
  nowMs: 1_250,
};

describe('a decision record', () => {
  const record = decisionRecord({ id: 'R1', question, facts, decision, message: 'Interlock …' });

  it('holds who, what, where and why', () => {
    expect(record).toEqual({
      v: 1,
      kind: 'decision',
      id: 'R1',
      time: '1970-01-01T00:00:01.250Z',
      server: 'db2',
      user: 'dba',
      client: { address: '10.1.2.3', port: 50_000 },
      session: 7,
      threadId: 42,
      command: 'COM_QUERY',
      statement: 'DROP TABLE app.t; DELETE FROM u WHERE pin=?',
      statementBytes: 48,
      statementSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      effects: [
        {
          effect: 'drop-table',
          verb: 'DROP TABLE',
          objects: ['app.t', 'u'],
          names: [{ schema: 'app', name: 't' }, { name: 'u' }],
          deferred: false,
        },
      ],
      logged: true,
      mode: 'enforce',
      verdict: 'deny',
      wouldBe: 'deny',
      rule: 'no-drop-while-linked',
      rules: [],
      revision: 'abc',
      links: [
        { source: 'db2', consumer: 'db1', state: 'live', reason: 'because' },
        { source: 'db2', consumer: 'replica1', state: 'severed', reason: 'because' },
        { source: 'db1', consumer: 'replica1', state: 'live', reason: 'because' },
      ],
      linksAgeMs: 250,
      reach: [
        { server: 'db1', path: ['db2', 'db1'], state: 'live', writable: true },
        { server: 'replica1', path: ['db2', 'db1', 'replica1'], state: 'live', writable: false },
      ],
      identity: { serverId: 2, version: '10.11.19-MariaDB' },
      lowerCaseTableNames: 0,
      binlogBefore: { file: 'bin.000001', position: 328, gtid: '0-2-5' },
      message: 'Interlock …',
    });
  });

  it('leaves out what is not known, instead of a made-up value', () => {
    const { picture: _, ...blind } = facts;
    const bare = decisionRecord({ id: 'R2', question, facts: { ...blind, reach: [] }, decision });
    const absent = [
      'binlogBefore',
      'identity',
      'rows',
      'bytes',
      'residue',
      'linksAgeMs',
      'message',
      'program',
      'database',
      'reason',
    ];
    expect(Object.keys(bare).filter((key) => absent.includes(key))).toEqual([]);
    expect(bare.links).toEqual([]);
  });

  it('shows literals only where that is asked for, and no secret then', () => {
    const shown = { id: 'R5', question, facts, decision, literals: 'shown' } as const;
    expect(decisionRecord(shown).statement).toContain("pin='4711'");
    const secret = Buffer.from("SET PASSWORD = 'hunter2'");
    const asked = { ...shown, question: { ...question, text: secret } };
    expect(decisionRecord(asked).statement).toBe('SET PASSWORD = ?');
  });

  it('has what a relink would replay', () => {
    const pair = { source: 'db1', consumer: 'db2', state: 'some', count: 3 } as const;
    const rest = { events: [], rowDeletes: [], doubts: [], basis: 'gtid', isLost: false } as const;
    const residue = { state: 'some', pairs: [{ ...pair, ...rest }] } as const;
    const asked = { ...facts, residue };
    expect(decisionRecord({ id: 'R4', question, facts: asked, decision })).toMatchObject({
      residue: { state: 'some', pairs: [pair] },
    });
  });

  it('has the claims of the client and the reason of a built-in denial when there are any', () => {
    const asked = { ...requester, program: 'mysql', database: 'app' };
    const record = decisionRecord({
      id: 'R3',
      question: { ...question, requester: asked },
      facts,
      decision: { ...decision, reason: 'the disk is full' },
      linksAgeMs: 3,
    });
    expect(record).toMatchObject({
      program: 'mysql',
      database: 'app',
      reason: 'the disk is full',
      linksAgeMs: 3,
    });
  });
});
