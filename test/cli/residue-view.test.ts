import { expect, it } from 'vitest';
import { residueJson, residueLines } from '../../src/cli/residue-view.js';
import type { PairResidue } from '../../src/residue/pair.js';
import { effectOf } from '../policy/facts.js';

const PAIR: PairResidue = {
  source: 'db2',
  consumer: 'db1',
  state: 'some',
  count: 2,
  events: [
    {
      start: { file: 'binlog.000002', position: 395 },
      end: { file: 'binlog.000002', position: 500 },
      serverId: 2,
      name: {
        kind: 'domain',
        gtid: { domain: 0, server: 2, sequence: 58 },
        before: new Map(),
      },
      effects: [effectOf()],
      statement: 'DROP TABLE app.t\u001B[2J',
    },
  ],
  rowDeletes: [{ table: 'app.u', events: 7 }],
  doubts: [],
  basis: 'gtid',
  isLost: false,
};

const drawing = {
  paint: (state: string, text: string) => `<${state}>${text}`,
  columns: (rows: readonly (readonly string[])[]) => rows.map((row) => row.join(' | ')),
};

it('shows each pair, its events and its row deletes', () => {
  const clean: PairResidue = {
    ...PAIR,
    ...{ state: 'none', count: 0, events: [], rowDeletes: [], source: 'db1', consumer: 'db2' },
  };
  expect(residueLines([PAIR, clean], drawing)).toEqual([
    '<title>Residue (what a link source → consumer would replay)',
    'db2 → db1 | <live>2 destructive events wait; row-delete events: app.u 7',
    '      binlog.000002:395 0-2-58  DROP TABLE app.t [2J',
    '      and 1 more',
    'db1 → db2 | <severed>nothing destructive waits',
  ]);
  expect(residueLines([], drawing)).toEqual([]);
});

it('is one line for many pairs that nothing waits for', () => {
  const clean: PairResidue = { ...PAIR, state: 'none', count: 0, events: [], rowDeletes: [] };
  const lines = residueLines([clean, PAIR, clean, clean, clean, clean], drawing);
  expect(lines.at(-1)).toBe('the other 5 pairs | <severed>nothing destructive waits');
  expect(lines).toHaveLength(5);
  expect(residueLines([clean, clean, clean, clean, clean], drawing).at(-1)).toBe(
    'all 5 pairs | <severed>nothing destructive waits',
  );
});

it('says why it is not known', () => {
  const unknown: PairResidue = { ...PAIR, state: 'unknown', count: 0, doubts: ['db2 is silent'] };
  expect(residueLines([unknown], drawing)[1]).toContain('<unknown>not known; row-delete');
  expect(residueLines([unknown], drawing)[1]).toContain('db2 is silent');
});

it('is data with file, position and GTID', () => {
  expect(residueJson([PAIR])).toMatchObject([
    {
      source: 'db2',
      consumer: 'db1',
      state: 'some',
      events: [{ file: 'binlog.000002', position: 395, gtid: '0-2-58', title: 'DROP TABLE app.t' }],
    },
  ]);
  expect(JSON.stringify(residueJson([PAIR]))).not.toContain('before');
});
