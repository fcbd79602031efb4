// How Interlock's metrics are made: the prefix, one registry of our own, and for several workers
// that a state is the worst of them while a count is their sum.
import { Counter, Gauge, type Registry } from 'prom-client';

const PREFIX = 'interlock_';

export function counter<Label extends string = never>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: Label[] = [],
): Counter<Label> {
  return new Counter({ name: `${PREFIX}${name}`, help, labelNames, registers: [registry] });
}

/** A state: workers that differ show the highest. */
export function gauge<Label extends string = never>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: Label[] = [],
): Gauge<Label> {
  const registers = [registry];
  return new Gauge({ name: `${PREFIX}${name}`, help, labelNames, registers, aggregator: 'max' });
}

/** A number of things: each worker has its own. */
export function sumGauge<Label extends string = never>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: Label[] = [],
): Gauge<Label> {
  const registers = [registry];
  return new Gauge({ name: `${PREFIX}${name}`, help, labelNames, registers, aggregator: 'sum' });
}
