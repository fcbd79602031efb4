import { expect, it } from 'vitest';
import { SessionCounts } from '../../src/workers/session-counts.js';

it('gives each number once, by server and command', () => {
  const counts = new SessionCounts();
  expect(counts.take()).toEqual([]);
  counts.command('db1', 'COM_QUERY');
  counts.command('db1', 'COM_QUERY');
  counts.command('db1', 'COM_PING');
  counts.unguarded('db1');
  counts.unguarded('db2');
  expect(counts.take()).toEqual([
    {
      server: 'db1',
      commands: [
        ['COM_QUERY', 2],
        ['COM_PING', 1],
      ],
      unguarded: 1,
      asked: [],
    },
    { server: 'db2', commands: [], unguarded: 1, asked: [] },
  ]);
  expect(counts.take()).toEqual([]);
});
