import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerConfig } from '../../src/config/config.js';
import type { Picture } from '../../src/topology/snapshot.js';
import { BACKGROUND_PERIOD_MS, Topology } from '../../src/topology/topology.js';
import { rowsOf, type Stage, stage } from './sessions.js';

const DEADLINE_MS = 1_000;
const clock = { now: () => Date.now(), monotonic: () => performance.now() };

function configOf(name: string): ServerConfig {
  return {
    name,
    host: name,
    port: 3306,
    listen: name === 'db1' ? [{ kind: 'tcp', host: '127.0.0.1', port: 1 }] : [],
    mode: 'enforce',
    monitor: { user: 'interlock' },
    tls: { verify: 'none' },
    binlogDump: 'deny',
  };
}

interface Set {
  readonly topology: Topology;
  readonly db1: Stage;
  readonly db2: Stage;
  readonly pictures: Picture[];
  readonly failures: string[];
}

function set(freshnessMs: number): Set {
  const db1 = stage();
  const db2 = stage();
  db2.script.rows = rowsOf(2);
  const pictures: Picture[] = [];
  const failures: string[] = [];
  const topology = new Topology({
    servers: ['db1', 'db2'].map(configOf),
    readers: [],
    links: { freshnessMs, deadlineMs: DEADLINE_MS },
    passwords: new Map(),
    clock,
    onPicture: (picture) => pictures.push(picture),
    onProbeFailed: (server, peer, reason) => failures.push(`${server} ${peer} ${reason}`),
    open: (target) => (target.server === 'db1' ? db1 : db2).open(target),
  });
  return { topology, db1, db2, pictures, failures };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('topology', () => {
  it('has no picture before the first round, and one after it', async () => {
    const { topology, pictures } = set(1_000);
    expect(topology.current()).toBeUndefined();
    const first = await topology.start();
    expect(topology.current()).toBe(first);
    expect(pictures).toEqual([first]);
    topology.stop();
  });

  it('gives the picture it has while that is younger than freshness, then a new one', async () => {
    const { topology } = set(300);
    const first = await topology.fresh();
    vi.advanceTimersByTime(300);
    expect(await topology.fresh()).toBe(first);
    vi.advanceTimersByTime(1);
    const second = await topology.fresh();
    expect(second.askedAtMonotonicMs).toBeGreaterThan(first.askedAtMonotonicMs);
  });

  it('asks anew at every call when freshness is 0', async () => {
    const { topology, db1 } = set(0);
    await topology.fresh();
    vi.advanceTimersByTime(1);
    const calledAt = clock.monotonic();
    const picture = await topology.fresh();
    expect(picture.askedAtMonotonicMs).toBeGreaterThanOrEqual(calledAt);
    expect(db1.asked).toBe(2);
  });

  it('never gives one who came during a round that round’s picture when freshness is 0', async () => {
    const { topology, db1 } = set(0);
    db1.script.delayMs = 100;
    const first = topology.fresh();
    await vi.advanceTimersByTimeAsync(50);
    const calledAt = clock.monotonic();
    const second = topology.fresh();
    await vi.advanceTimersByTimeAsync(500);
    await first;
    expect((await second).askedAtMonotonicMs).toBeGreaterThanOrEqual(calledAt);
  });

  it('resolves at the deadline with a hung server silent and every link of it unknown', async () => {
    const { topology, db2, failures } = set(0);
    db2.script.delayMs = Number.POSITIVE_INFINITY;
    const startedAt = clock.monotonic();
    const pending = topology.fresh().then((picture) => ({ picture, at: clock.monotonic() }));
    await vi.advanceTimersByTimeAsync(DEADLINE_MS * 3);
    const { picture, at } = await pending;
    expect(at - startedAt).toBeLessThanOrEqual(DEADLINE_MS);
    expect(picture.links.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
    expect(picture.views.get('db1')?.kind).toBe('answered');
    expect(failures).toEqual(['db1 db2 timeout']);
  });

  it('gives a second look only what the deadline of the first has left', async () => {
    const { topology, db2 } = set(1_000);
    db2.script.delayMs = Number.POSITIVE_INFINITY;
    const round = topology.start();
    await vi.advanceTimersByTimeAsync(600);
    const arrivedAt = clock.monotonic();
    const looking = (async () => {
      const first = await topology.fresh();
      const again = await topology.anew(arrivedAt);
      return { first, again, tookMs: clock.monotonic() - arrivedAt };
    })();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS * 3);
    const { first, again, tookMs } = await looking;
    expect(first.askedAtMonotonicMs).toBeLessThan(arrivedAt);
    expect(again?.askedAtMonotonicMs).toBeGreaterThanOrEqual(arrivedAt);
    expect(tookMs).toBe(DEADLINE_MS);
    expect(await topology.anew(arrivedAt)).toBeUndefined();
    await round;
    topology.stop();
  });

  it('keeps asking for metrics until it is stopped, and no more often than its period', async () => {
    const { topology, db1, pictures } = set(0);
    await topology.start();
    await vi.advanceTimersByTimeAsync(BACKGROUND_PERIOD_MS * 3);
    expect(pictures).toHaveLength(4);
    topology.stop();
    await vi.advanceTimersByTimeAsync(BACKGROUND_PERIOD_MS * 3);
    expect(db1.asked).toBe(4);
  });

  it('keeps since when a link is in its state from picture to picture', async () => {
    const { topology } = set(0);
    const first = await topology.fresh();
    vi.advanceTimersByTime(5_000);
    const second = await topology.fresh();
    expect(second.askedAtMs).toBeGreaterThan(first.askedAtMs);
    expect(second.links[0]?.sinceMs).toBe(first.askedAtMs);
  });

  it('remembers the dialect of a server that fell silent, and knows none of a stranger', async () => {
    const { topology, db1 } = set(0);
    await topology.fresh();
    db1.script.delayMs = Number.POSITIVE_INFINITY;
    vi.advanceTimersByTime(1);
    const pending = topology.fresh();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    await pending;
    expect(topology.dialect('db1')).toEqual({ flavour: 'mysql', version: 90_704 });
    expect(topology.dialect('elsewhere')).toBeUndefined();
    expect(await topology.coordinates('elsewhere')).toBeUndefined();
  });
});
