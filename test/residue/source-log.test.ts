import { expect, it } from 'vitest';
import {
  EVENTS_REMEMBERED_MAX,
  gapText,
  TABLES_COUNTED_MAX,
} from '../../src/residue/source-log.js';
import { type Event, gtid, logOf, MYSQL } from './logs.js';

it('forgets the oldest events beyond its cap, and keeps their number and range', () => {
  const count = EVENTS_REMEMBERED_MAX + 3;
  const events = Array.from({ length: count }, (_, index): Event[] => [
    gtid(index + 1),
    ['Query', 'DROP TABLE app.t'],
  ]).flat();
  const log = logOf(MYSQL, events);
  expect(log.events.length).toBe(EVENTS_REMEMBERED_MAX);
  expect(log.forgotten?.count).toBe(3);
  expect([...(log.forgotten?.gtids.values() ?? [])]).toEqual([[[1, 3]]]);
});

it('counts row deletes of the tables seen last', () => {
  const count = TABLES_COUNTED_MAX + 2;
  const events = Array.from({ length: count }, (_, index): Event[] => [
    ['Table_map', `table_id: ${index} (app.t${index})`],
    ['Delete_rows', `table_id: ${index} flags: STMT_END_F`],
  ]).flat();
  const log = logOf(MYSQL, events);
  expect(log.rowDeletes.length).toBe(TABLES_COUNTED_MAX);
  expect(log.rowDeletes[0]?.table).toBe('app.t2');
});

it('says where a gap is', () => {
  const place = { file: 'binlog.000001', position: 4 };
  expect(gapText({ place, reason: 'lost' })).toBe('binlog.000001:4: lost');
});
