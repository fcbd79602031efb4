// Residue as a metric: one series for each guarded server and every other server, at 0 from the
// start. What is loaded but cannot be counted shows as one.
import type { Gauge, Registry } from 'prom-client';
import type { PairResidue } from '../residue/pair.js';
import { gauge } from './instruments.js';

export class ResidueMetrics {
  readonly #servers: ReadonlySet<string>;
  readonly #gauge: Gauge<'server' | 'peer'>;

  constructor(
    registry: Registry,
    guarded: readonly string[],
    all: readonly { readonly name: string }[],
  ) {
    this.#servers = new Set(guarded);
    const help =
      'Destructive events in the binary log of server that peer has not executed; at least 1 ' +
      'where some of the log cannot be read.';
    this.#gauge = gauge(registry, 'residue_destructive_events', help, ['server', 'peer']);
    for (const server of guarded) {
      for (const { name } of all) {
        if (name !== server) this.#gauge.set({ server, peer: name }, 0);
      }
    }
  }

  pairs(pairs: readonly PairResidue[]): void {
    for (const { source, consumer, count, isLost } of pairs) {
      if (!this.#servers.has(source)) continue;
      this.#gauge.set({ server: source, peer: consumer }, count === 0 && isLost ? 1 : count);
    }
  }
}
