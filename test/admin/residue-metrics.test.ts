import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { ResidueMetrics } from '../../src/admin/residue-metrics.js';
import type { PairResidue } from '../../src/residue/pair.js';

function pair(changes: Partial<PairResidue> = {}): PairResidue {
  return {
    source: 'db2',
    consumer: 'db1',
    state: 'some',
    count: 3,
    events: [],
    rowDeletes: [],
    doubts: [],
    basis: 'gtid',
    isLost: false,
    ...changes,
  };
}

async function values(...pairs: PairResidue[]): Promise<readonly string[]> {
  const registry = new Registry();
  const names = [{ name: 'db1' }, { name: 'db2' }, { name: 'replica1' }];
  new ResidueMetrics(registry, ['db2'], names).pairs(pairs);
  const lines = (await registry.metrics()).split('\n');
  return lines.filter((line) => line.startsWith('interlock_'));
}

const NAME = 'interlock_residue_destructive_events{server="db2",peer=';

it('has a series at 0 for each guarded server and peer', async () => {
  expect(await values()).toEqual([`${NAME}"db1"} 0`, `${NAME}"replica1"} 0`]);
});

it('shows the count, and at least one where something can never be read', async () => {
  expect((await values(pair()))[0]).toBe(`${NAME}"db1"} 3`);
  const lost = pair({ count: 0, state: 'unknown', isLost: true });
  expect((await values(lost))[0]).toBe(`${NAME}"db1"} 1`);
  expect((await values(pair({ count: 0, state: 'unknown' })))[0]).toBe(`${NAME}"db1"} 0`);
});

it('adds no series for a server that is only watched', async () => {
  expect(await values(pair({ source: 'replica1', consumer: 'db2' }))).toHaveLength(2);
});
