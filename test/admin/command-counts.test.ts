// Counts that are only numbers until somebody scrapes.
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { CommandCounts } from '../../src/admin/command-counts.js';
import { parseExposition } from './exposition.js';

describe('CommandCounts', () => {
  it('keeps servers, commands and effects apart, and folds each number once', async () => {
    const registry = new Registry();
    const counts = new CommandCounts(registry, ['db1', 'db2']);
    for (let index = 0; index < 1000; index++) counts.command('db1', 'COM_PING');
    counts.command('db2', 'COM_STMT_BULK_EXECUTE');
    counts.unguarded('db2');
    counts.guarded('db2', ['unreadable']);
    for (let scrape = 0; scrape < 3; scrape++) {
      const page = parseExposition(await registry.metrics());
      const moved = page.series.filter(({ value }) => value !== 0);
      expect(moved.map(({ labels, value }) => [...Object.values(labels), value])).toEqual([
        ['db1', 'COM_PING', 1000],
        ['db2', 'COM_STMT_BULK_EXECUTE', 1],
        ['db2', 'none', 1],
        ['db2', 'unreadable', 1],
      ]);
    }
  });
});
