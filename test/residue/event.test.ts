import { expect, it } from 'vitest';
import { destructiveOf, eventLabel, type LoggedEvent } from '../../src/residue/event.js';
import { effectOf } from '../policy/facts.js';
import { UUID } from './logs.js';

const EVENT: LoggedEvent = {
  start: { file: 'binlog.000001', position: 4 },
  end: { file: 'binlog.000001', position: 9 },
  serverId: 1,
  name: { kind: 'anonymous' },
};

it('counts what loses data when it is replayed, now', () => {
  const effects = [
    effectOf(),
    effectOf({ effect: 'delete-unbounded' }),
    effectOf({ effect: 'rename-table' }),
    effectOf({ effect: 'drop-view' }),
    effectOf({ deferred: true }),
  ];
  expect(destructiveOf(effects).map(({ effect }) => effect)).toEqual([
    'drop-table',
    'delete-unbounded',
  ]);
});

it('names an event by GTID, else by place', () => {
  expect(eventLabel(EVENT)).toBe('binlog.000001:4');
  const gtid = { name: UUID, number: 7 };
  expect(eventLabel({ ...EVENT, name: { kind: 'gtid', gtid } })).toBe(`${UUID}:7`);
  const domain = { domain: 0, server: 2, sequence: 9 };
  const name = { kind: 'domain', gtid: domain, before: new Map() } as const;
  expect(eventLabel({ ...EVENT, name })).toBe('0-2-9');
});
