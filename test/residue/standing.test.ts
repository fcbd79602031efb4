import { describe, expect, it } from 'vitest';
import { byDomain, parseDomainGtids } from '../../src/residue/domains.js';
import { parseGtidSet } from '../../src/residue/gtid-set.js';
import {
  hasPassedFloor,
  isPending,
  type Standing,
  standingOf,
} from '../../src/residue/standing.js';
import { answered, mariadb, STOPPED_CHANNEL } from '../topology/views.js';
import { type Event, gtid, logOf, MARIADB, MYSQL, standing, UUID } from './logs.js';

const executed = (text: string) => parseGtidSet(text) ?? new Map();
const position = (text: string) => byDomain(parseDomainGtids(text) ?? []);
const FILE = 'binlog.000001';

/** Whether the DROP is pending behind these events. */
function pending(dialect: typeof MARIADB, events: readonly Event[], at: Standing): boolean {
  const log = logOf(dialect, [...events, ['Query', 'DROP TABLE app.t']]);
  const [event] = log.events;
  if (event === undefined) throw new Error('no event');
  return isPending(event, at, log);
}

describe('an event', () => {
  it('is pending by GTID until it is executed', () => {
    expect(pending(MYSQL, [gtid(5)], standing({ executed: executed(`${UUID}:1-4`) }))).toBe(true);
    expect(pending(MYSQL, [gtid(5)], standing({ executed: executed(`${UUID}:1-5`) }))).toBe(false);
  });

  it('is pending by position when it ends behind it', () => {
    const at = (place: number, changes: Partial<Standing> = {}) =>
      standing({ by: 'place', place: { file: FILE, position: place }, ...changes });
    expect(pending(MYSQL, [], at(4))).toBe(true);
    expect(pending(MYSQL, [], at(14))).toBe(false);
    expect(pending(MYSQL, [gtid(5)], at(4, { executed: executed(`${UUID}:5`) }))).toBe(false);
    expect(pending(MYSQL, [], standing({ by: 'place', place: 'start' }))).toBe(true);
    expect(pending(MYSQL, [], standing())).toBe(true);
    const other = { file: 'other.000009', position: 4 };
    expect(pending(MYSQL, [], standing({ by: 'place', place: other }))).toBe(true);
  });

  it('is never pending at the server that logged it first', () => {
    const log = logOf(MYSQL, [['Query', 'DROP TABLE app.t', 2]]);
    const [event] = log.events;
    if (event === undefined) throw new Error('no event');
    expect(isPending(event, standing({ serverId: 2 }), log)).toBe(false);
    expect(isPending(event, standing({ serverId: 3 }), log)).toBe(true);
  });

  it('is passed over by the skip counter only where it comes next', () => {
    const skips = (place: number) =>
      standing({ by: 'place', place: { file: FILE, position: place }, skipsOne: true });
    expect(pending(MYSQL, [gtid(5)], skips(4))).toBe(false);
    const before: Event[] = [gtid(4), ['Query', 'CREATE DATABASE x'], gtid(5)];
    expect(pending(MYSQL, before, skips(4))).toBe(true);
    const start: Event[] = [
      ['Gtid_list', '[0-1-4]'],
      ['Gtid', 'GTID 0-1-5'],
    ];
    const domain = standing({ position: position('0-1-4'), skipsOne: true });
    expect(pending(MARIADB, start, domain)).toBe(false);
    expect(pending(MARIADB, start, { ...domain, position: position('0-1-3') })).toBe(true);
  });

  it('of MariaDB is pending by gtid_slave_pos', () => {
    const events: Event[] = [
      ['Gtid_list', '[0-1-4]'],
      ['Gtid', 'GTID 0-1-5'],
    ];
    expect(pending(MARIADB, events, standing({ position: position('0-1-4') }))).toBe(true);
    expect(pending(MARIADB, events, standing({ position: position('0-1-5') }))).toBe(false);
    expect(pending(MARIADB, events, standing({ position: position('') }))).toBe(true);
  });
});

describe('a standing', () => {
  const channel = {
    ...STOPPED_CHANNEL,
    sourceHost: '10.0.0.1',
    executed: { file: FILE, position: 99 },
  };

  it('is by position where the channel is, by GTID where it is or where there is none', () => {
    const byPlace = { ...channel, byGtid: false };
    const place = { file: FILE, position: 99 };
    expect(standingOf(answered('db2'), byPlace, undefined)).toMatchObject({ by: 'place', place });
    const auto = { ...channel, byGtid: true };
    expect(standingOf(answered('db2'), auto, undefined).by).toBe('gtid');
    expect(standingOf(answered('db2'), undefined, place)).toMatchObject({ by: 'gtid', place });
  });

  it('is at the start after a RESET that kept the row', () => {
    const reset = { ...channel, executed: { file: '', position: 0 }, byGtid: false };
    expect(standingOf(answered('db2'), reset, undefined).place).toBe('start');
  });

  it('has the GTIDs and the skip counter that the server says it has', () => {
    const gtids = { executed: `${UUID}:1-4`, skipCounter: 1 };
    const mysql = standingOf(answered('db2', { gtids }), undefined, undefined);
    expect(mysql).toMatchObject({ serverId: 2, skipsOne: true });
    expect(mysql.executed.get(UUID)).toEqual([[1, 4]]);
    expect(mysql.position).toBeUndefined();
    const own = mariadb('db2', { gtids: { slavePos: '0-1-7', skipCounter: 0 } });
    expect(standingOf(own, undefined, undefined).position?.get(0)?.sequence).toBe(7);
  });

  it("has MariaDB's skip counter only in the connection without a name", () => {
    const server = mariadb('db2', { gtids: { skipCounter: 1 } });
    expect(standingOf(server, channel, undefined).skipsOne).toBe(true);
    expect(standingOf(server, { ...channel, name: 'm2' }, undefined).skipsOne).toBe(false);
  });
});

it('has passed a floor by GTID set, by domains or by file', () => {
  const floor = { file: 'binlog.000005', position: 4 };
  const empty = new Map();
  const gtids = { header: { gtids: executed(`${UUID}:1-9`), domains: empty }, domains: empty };
  expect(hasPassedFloor(standing({ executed: executed(`${UUID}:1-9`) }), floor, gtids)).toBe(true);
  expect(hasPassedFloor(standing({ executed: executed(`${UUID}:1-8`) }), floor, gtids)).toBe(false);
  const log = logOf(MARIADB, [['Gtid_list', '[0-1-9]']]);
  const domains = { header: log.header, domains: log.domains };
  expect(hasPassedFloor(standing({ position: position('0-1-9') }), floor, domains)).toBe(true);
  expect(hasPassedFloor(standing({ position: position('0-1-8') }), floor, domains)).toBe(false);
  const none = { header: { gtids: empty, domains: empty }, domains: empty };
  const at = (file: string) => standing({ by: 'place', place: { file, position: 9 } });
  expect(hasPassedFloor(at('binlog.000005'), floor, none)).toBe(true);
  expect(hasPassedFloor(at('binlog.000004'), floor, none)).toBe(false);
  expect(hasPassedFloor(standing(), floor, none)).toBe(false);
});
