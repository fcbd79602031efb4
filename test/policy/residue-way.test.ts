import { describe, expect, it } from 'vitest';
import { denialMessage } from '../../src/policy/explain.js';
import { eventTitle, relinkDanger, waysPast } from '../../src/policy/residue-way.js';
import type { DestructiveEvent, EventName } from '../../src/residue/event.js';
import type { PairResidue } from '../../src/residue/pair.js';
import { answered, mariadb, pictureWith } from '../topology/views.js';
import { effectOf, factsOf } from './facts.js';

const UUID = '00000000-0000-0000-0000-000000000001';
const BY_GTID: EventName = { kind: 'gtid', gtid: { name: UUID, number: 7 } };
const BY_DOMAIN: EventName = {
  kind: 'domain',
  gtid: { domain: 0, server: 2, sequence: 58 },
  before: new Map(),
};

function event(name: EventName, table = 't'): DestructiveEvent {
  return {
    start: { file: 'binlog.000002', position: 395 },
    end: { file: 'binlog.000002', position: 500 },
    serverId: 2,
    name,
    effects: [effectOf({ objects: [{ schema: 'app', name: table }] })],
    statement: 'DROP TABLE app.t',
  };
}

function pair(changes: Partial<PairResidue> = {}): PairResidue {
  return {
    source: 'db2',
    consumer: 'db1',
    state: 'some',
    count: 1,
    events: [event(BY_GTID)],
    rowDeletes: [],
    doubts: [],
    basis: 'gtid',
    isLost: false,
    ...changes,
  };
}

const room = { events: 2, advice: 'long' } as const;
const relink = effectOf({ effect: 'relink', verb: 'START REPLICA', objects: [] });

function factsWith(found: PairResidue, view = answered('db1')) {
  return factsOf({
    effects: [relink],
    residue: { state: found.state, pairs: [found] },
    picture: pictureWith([], [view]),
    requester: { server: 'db1' },
  });
}

describe('what a relink would replay', () => {
  it('is named by GTID and place, with the object and how many more', () => {
    const found = pair({ count: 5, events: [event(BY_GTID), event(BY_GTID, 'u')] });
    expect(relinkDanger(factsWith(found), { ...room, events: 1 })).toContain(
      `it would replay 5 destructive events of db2: DROP TABLE app.t (${UUID}:7, binlog.000002:395) and 4 more.`,
    );
  });

  it('says why it is not known', () => {
    const found = pair({ state: 'unknown', count: 0, events: [], doubts: ['db2 is silent'] });
    expect(relinkDanger(factsWith(found), room)).toBe(
      'what it would replay of db2 is not known: db2 is silent. See interlock links.',
    );
  });

  it('says nothing where there is nothing', () => {
    expect(relinkDanger(factsWith(pair({ state: 'none', count: 0 })), room)).toBeUndefined();
    expect(relinkDanger(factsOf(), room)).toBeUndefined();
  });

  it('is the denial, whole within its bytes', () => {
    const facts = factsWith(pair({ count: 30 }));
    const matches = [
      {
        rule: 'no-relink-over-residue',
        title: 'x',
        verdict: 'deny',
        mode: 'enforce',
        effect: 'relink',
      } as const,
    ];
    const decision = {
      verdict: 'deny',
      rule: 'no-relink-over-residue',
      wouldBe: 'deny',
      mode: 'enforce',
      effect: relink,
      matches,
      revision: 'r',
    } as const;
    const message = denialMessage({ decision, facts, recordId: 'R1' });
    expect(message).toMatch(
      /^Interlock refused START REPLICA on db1: it would replay 30 destructive events of db2: DROP TABLE app\.t/,
    );
    expect(message).toMatch(/Rule no-relink-over-residue\. Record R1\.$/);
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(500);
  });
});

describe('the ways past it', () => {
  it('are an empty transaction by GTID set, a position by domain', () => {
    expect(waysPast(pair(), answered('db1')).long).toContain(
      `SET GTID_NEXT='${UUID}:7'; BEGIN; COMMIT; SET GTID_NEXT='AUTOMATIC'`,
    );
    const domain = pair({ events: [event(BY_DOMAIN)] });
    expect(waysPast(domain, mariadb('db1')).long).toContain(
      "SET GLOBAL gtid_slave_pos='0-2-58' (passes all up to it), or SET GLOBAL sql_slave_skip_counter=1",
    );
  });

  it('are new coordinates by position, in that server’s own words', () => {
    const found = pair({ events: [event({ kind: 'anonymous' })], basis: 'position' });
    expect(waysPast(found, answered('db1')).long).toContain(
      "CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='binlog.000002', SOURCE_LOG_POS=500",
    );
    expect(waysPast(found, answered('db1', { version: 50_624 })).long).toContain(
      "CHANGE MASTER TO MASTER_LOG_FILE='binlog.000002', MASTER_LOG_POS=500",
    );
  });

  it('are told elsewhere where not every event is named', () => {
    expect(waysPast(pair({ count: 2 }), answered('db1')).long).toContain('see interlock links');
    expect(waysPast(pair(), undefined).long).toContain('see interlock links');
  });
});

it('titles an event by verb and object', () => {
  expect(eventTitle(event(BY_GTID))).toBe('DROP TABLE app.t');
  const two = {
    ...event(BY_GTID),
    effects: [effectOf({ objects: [{ name: 'a' }, { name: 'b' }] })],
  };
  expect(eventTitle(two)).toBe('DROP TABLE a and 1 more');
});
