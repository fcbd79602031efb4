import { describe, expect, it } from 'vitest';
import { parseGtidSet } from '../../src/residue/gtid-set.js';
import { EVENTS_NAMED_MAX, type PairFacts, residueOf } from '../../src/residue/pair.js';
import type { RelayView } from '../../src/residue/relay-reader.js';
import { EVENTS_REMEMBERED_MAX } from '../../src/residue/source-log.js';
import { type Event, gtid, logOf, MYSQL, standing, UUID } from './logs.js';

const executed = (text: string) => parseGtidSet(text) ?? new Map();
const DROP: Event = ['Query', 'DROP TABLE app.t'];

function pair(changes: Partial<PairFacts> = {}) {
  return residueOf({
    source: 'db2',
    consumer: 'db1',
    log: logOf(MYSQL, [gtid(1), DROP]),
    standing: standing(),
    isOldest: true,
    doubts: [],
    ...changes,
  });
}

describe('the residue of a pair', () => {
  it('is what the consumer has not executed', () => {
    expect(pair()).toMatchObject({ state: 'some', count: 1, doubts: [] });
    const done = standing({ executed: executed(`${UUID}:1`) });
    expect(pair({ standing: done })).toMatchObject({ state: 'none', count: 0, basis: 'gtid' });
  });

  it('is unknown while anything is in doubt, and some where something was found', () => {
    const done = standing({ executed: executed(`${UUID}:1`) });
    expect(pair({ standing: done, doubts: ['not read'] }).state).toBe('unknown');
    expect(pair({ doubts: ['not read'] }).state).toBe('some');
    expect(pair({ log: undefined }).state).toBe('unknown');
    expect(pair({ standing: undefined }).state).toBe('unknown');
  });

  it('is loaded where the log lost something, or was purged too early', () => {
    const gap = logOf(MYSQL, [['Incident', '#1 (LOST_EVENTS)']]);
    expect(pair({ log: gap })).toMatchObject({ state: 'unknown', isLost: true });
    const purged = logOf(MYSQL, [['Previous_gtids', `${UUID}:1-9`]], 'binlog.000007');
    const behind = pair({ log: purged, standing: standing({ executed: executed(`${UUID}:1-8`) }) });
    expect(behind).toMatchObject({ state: 'unknown', isLost: true });
    expect(behind.doubts[0]).toContain('purged');
    const level = pair({ log: purged, standing: standing({ executed: executed(`${UUID}:1-9`) }) });
    expect(level).toMatchObject({ state: 'none', isLost: false });
  });

  it('is unknown while older files that hold more are not read', () => {
    const later = logOf(MYSQL, [['Previous_gtids', `${UUID}:1-9`]], 'binlog.000007');
    const found = pair({ log: later, isOldest: false });
    expect(found).toMatchObject({ state: 'unknown', isLost: false });
    expect(found.doubts[0]).toContain('not read yet');
  });

  it('names the first events, and numbers all of them, forgotten ones too', () => {
    const count = EVENTS_REMEMBERED_MAX + 5;
    const events = Array.from({ length: count }, (_, index) => [gtid(index + 1), DROP]).flat();
    const log = logOf(MYSQL, events);
    expect(pair({ log })).toMatchObject({ count, state: 'some' });
    expect(pair({ log }).events.length).toBe(EVENTS_NAMED_MAX);
    const half = standing({ executed: executed(`${UUID}:1-${count}`) });
    expect(pair({ log, standing: half }).count).toBe(0);
  });

  it('tells row deletes apart, and does not count them', () => {
    const log = logOf(MYSQL, [
      gtid(1),
      ['Table_map', 'table_id: 1 (app.t)'],
      ['Delete_rows', 'table_id: 1 flags: 0'],
    ]);
    expect(pair({ log })).toMatchObject({
      state: 'none',
      rowDeletes: [{ table: 'app.t', events: 1 }],
    });
    const done = standing({ executed: executed(`${UUID}:1`) });
    expect(pair({ log, standing: done }).rowDeletes).toEqual([]);
  });
});

describe('what the source has purged', () => {
  const purged = () => logOf(MYSQL, [['Previous_gtids', `${UUID}:1-9`]], 'binlog.000007');
  const behind = standing({ executed: executed(`${UUID}:1-7`) });
  const relay = (changes: Partial<RelayView> = {}): RelayView => ({
    events: [],
    rowDeletes: [],
    gaps: [],
    source: { file: 'binlog.000007', position: 4 },
    gtids: executed(`${UUID}:8-9`),
    domains: new Map(),
    endSeenAtMs: 0,
    ...changes,
  });
  const dropped = (number: number, file = 'binlog.000006') => {
    const [event] = logOf(MYSQL, [gtid(number), DROP], file).events;
    if (event === undefined) throw new Error('no event');
    return event;
  };

  it('is what the consumer’s relay log holds', () => {
    const none = pair({ log: purged(), standing: behind, relay: relay() });
    expect(none).toMatchObject({ state: 'none', count: 0, isLost: false, doubts: [] });
    const some = pair({ log: purged(), standing: behind, relay: relay({ events: [dropped(8)] }) });
    expect(some).toMatchObject({ state: 'some', count: 1, doubts: [] });
    const run = pair({ log: purged(), standing: behind, relay: relay({ events: [dropped(3)] }) });
    expect(run).toMatchObject({ state: 'none', count: 0 });
  });

  it('is counted once where the source still has it too', () => {
    const events = [dropped(10, 'binlog.000007')];
    const log = logOf(MYSQL, [['Previous_gtids', `${UUID}:1-9`], gtid(10), DROP], 'binlog.000007');
    const both = pair({ log, standing: behind, relay: relay({ events }) });
    expect(both).toMatchObject({ state: 'some', count: 1 });
  });

  it('counts as loaded where the relay log lacks some of it, lost some or cannot be read', () => {
    const short = relay({
      gtids: executed(`${UUID}:8`),
      source: { file: 'binlog.000006', position: 4 },
    });
    const gap = { place: { file: 'binlog.000006', position: 4 }, reason: 'lost' };
    for (const [relayed, why] of [
      [short, 'its relay log ends at binlog.000006:4'],
      [relay({ trouble: 'no such file' }), 'its relay log cannot be read: no such file'],
      [relay({ gaps: [gap] }), 'relay log: binlog.000006:4: lost'],
    ] as const) {
      const found = pair({ log: purged(), standing: behind, relay: relayed });
      expect(found).toMatchObject({ state: 'unknown', isLost: true });
      expect(found.doubts.join()).toContain(why);
    }
  });

  it('by position is covered by a relay log that reaches the source’s oldest file', () => {
    const log = logOf(MYSQL, [['Rotate', '']], 'binlog.000007');
    const place = { file: 'binlog.000005', position: 100 };
    const by = standing({ by: 'place', place });
    expect(pair({ log, standing: by }).state).toBe('unknown');
    expect(pair({ log, standing: by, relay: relay() }).state).toBe('none');
    const skipping = standing({
      by: 'place',
      place: { file: 'binlog.000006', position: 4 },
      skipsOne: true,
    });
    const skipped = { log, standing: skipping, relay: relay({ events: [dropped(1)] }) };
    expect(pair(skipped).state).toBe('none');
    expect(pair({ ...skipped, standing: by }).state).toBe('some');
  });
});
