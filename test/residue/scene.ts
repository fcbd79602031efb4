// Residues over hand-made logs and pictures: db1 and db2, each with one file of events.
import { systemClock } from '../../src/clock.js';
import type { PairResidue } from '../../src/residue/pair.js';
import { Residues } from '../../src/residue/residues.js';
import { type Event, rowsOf } from './logs.js';

export interface ResidueScene {
  readonly residues: Residues;
  readonly told: (readonly PairResidue[])[];
}

export function residuesOver(
  logs: Readonly<Record<string, readonly Event[]>>,
  servers: readonly string[] = ['db1', 'db2'],
): ResidueScene {
  const told: (readonly PairResidue[])[] = [];
  const residues = new Residues({
    servers,
    clock: systemClock,
    onResidue: (pairs) => told.push(pairs),
    open: (name) => ({
      files: async () => [{ name: 'binlog.000001', bytes: 4 + (logs[name] ?? []).length * 10 }],
      events: async ({ position, rows }) =>
        rowsOf(logs[name] ?? [])
          .filter(({ Pos }) => Number(Pos) >= position)
          .slice(0, rows),
      destroy: () => undefined,
    }),
  });
  return { residues, told };
}

/** What the log of that many events ends at, as the server tells it. */
export function endOf(events: readonly Event[]) {
  return { file: 'binlog.000001', position: 4 + events.length * 10, gtid: '' };
}
