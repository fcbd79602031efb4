import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COORDINATES_PERIOD_MS, Prober } from '../../src/topology/probe.js';
import type { ProbeFailureReason } from '../../src/topology/snapshot.js';
import { LOOK_PERIOD_MS, type Lookup } from '../../src/topology/whereabouts.js';
import { type Stage, stage } from './sessions.js';

const DEADLINE_MS = 1_000;
const clock = { now: () => Date.now(), monotonic: () => performance.now() };

function proberOn(
  made: Stage,
  more: { readonly lookup?: Lookup; readonly host?: string; readonly now?: () => number } = {},
): { prober: Prober; failures: ProbeFailureReason[] } {
  const failures: ProbeFailureReason[] = [];
  const prober = new Prober({
    target: {
      server: 'db1',
      host: more.host ?? '10.0.0.1',
      port: 3306,
      user: 'interlock',
      password: 'secret',
      tls: { verify: 'none' },
    },
    deadlineMs: DEADLINE_MS,
    clock: { ...clock, now: more.now ?? clock.now },
    open: made.open,
    lookup: more.lookup ?? (() => Promise.reject(new Error('no name is looked up'))),
    onFailure: (reason) => failures.push(reason),
  });
  return { prober, failures };
}

/** Asks for a view no older than now, with the whole deadline to go. */
const askNow = (prober: Prober) => prober.ask(clock.monotonic(), clock.monotonic() + DEADLINE_MS);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a prober', () => {
  it('keeps its connection from one question to the next', async () => {
    const made = stage();
    const { prober } = proberOn(made);
    await askNow(prober);
    vi.advanceTimersByTime(1);
    await askNow(prober);
    expect([made.opened, made.asked]).toEqual([1, 2]);
    expect(prober.dialect).toEqual({ flavour: 'mysql', version: 90_704 });
  });

  it('answers from what it has, where that is young enough', async () => {
    const made = stage();
    const { prober } = proberOn(made);
    const first = await askNow(prober);
    vi.advanceTimersByTime(500);
    const asked = clock.monotonic();
    expect(await prober.ask(asked - 500, asked + DEADLINE_MS)).toBe(first);
    expect(await prober.ask(asked - 499, asked + DEADLINE_MS)).not.toBe(first);
  });

  it('shares one question among all who came before it was sent, and one more among the rest', async () => {
    const made = stage();
    made.script.delayMs = 100;
    const { prober } = proberOn(made);
    const first = askNow(prober);
    await vi.advanceTimersByTimeAsync(50);
    const late = Array.from({ length: 20 }, () => askNow(prober));
    await vi.advanceTimersByTimeAsync(200);
    const views = await Promise.all(late);
    expect(new Set(views).size).toBe(1);
    expect(views[0]).not.toBe(await first);
    expect([made.asked, made.mostInFlight]).toEqual([2, 1]);
  });

  it('is silent at the deadline, gives the connection up and opens another', async () => {
    const made = stage();
    made.script.delayMs = Number.POSITIVE_INFINITY;
    const { prober, failures } = proberOn(made);
    const hung = askNow(prober);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(await hung).toMatchObject({ kind: 'silent', reason: 'timeout' });
    expect(failures).toEqual(['timeout']);
    expect(made.destroyed).toBeGreaterThan(0);
    made.script.delayMs = 0;
    expect(await askNow(prober)).toMatchObject({ kind: 'answered' });
    expect([made.opened, made.mostInFlight]).toEqual([2, 1]);
  });

  it('keeps the deadline of one who comes while another’s question hangs', async () => {
    const made = stage();
    made.script.delayMs = Number.POSITIVE_INFINITY;
    const { prober } = proberOn(made);
    const first = askNow(prober);
    await vi.advanceTimersByTimeAsync(600);
    const askedAt = clock.monotonic();
    const second = askNow(prober).then(() => clock.monotonic() - askedAt);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    await first;
    expect(await second).toBeLessThanOrEqual(DEADLINE_MS);
    expect(made.mostInFlight).toBe(1);
  });

  it('asks anew when a kept connection turns out broken', async () => {
    const made = stage();
    const { prober, failures } = proberOn(made);
    await askNow(prober);
    vi.advanceTimersByTime(1);
    made.script.failNext = new Error('closed state');
    expect(await askNow(prober)).toMatchObject({ kind: 'answered' });
    expect([made.opened, failures.length]).toEqual([2, 0]);
  });

  it('is silent when a login is refused, and tells why without the password', async () => {
    const made = stage();
    made.script.refuse = Object.assign(new Error('Access denied'), { errno: 1045 });
    const { prober, failures } = proberOn(made);
    const view = await askNow(prober);
    expect(view).toMatchObject({ kind: 'silent', reason: 'access-denied' });
    expect(JSON.stringify(view)).not.toContain('secret');
    expect(failures).toEqual(['access-denied']);
  });

  it('logs in again after an answer that lacked rights, and counts it', async () => {
    const made = stage();
    made.script.missingRights = ['PROCESS'];
    const { prober, failures } = proberOn(made);
    await askNow(prober);
    vi.advanceTimersByTime(1);
    await askNow(prober);
    expect(made.opened).toBe(2);
    expect(failures).toEqual(['missing-rights', 'missing-rights']);
  });

  it('asks nobody once it is stopped', async () => {
    const made = stage();
    const { prober } = proberOn(made);
    prober.stop();
    expect(await askNow(prober)).toMatchObject({ kind: 'silent', reason: 'never-asked' });
    expect(made.opened).toBe(0);
  });

  it('tells where the log stands without a round of questions, many at one go', async () => {
    const made = stage();
    made.script.rows = { ...made.script.rows, coordinates: [{ File: 'b.000001', Position: 4 }] };
    const { prober } = proberOn(made);
    const place = { file: 'b.000001', position: 4 };
    expect(await prober.coordinates()).toMatchObject(place);
    expect([made.asked, made.positions]).toEqual([1, 0]);
    const many = Array.from({ length: 20 }, () => prober.coordinates());
    await vi.advanceTimersByTimeAsync(COORDINATES_PERIOD_MS);
    expect(await Promise.all(many)).toMatchObject(Array.from({ length: 20 }, () => place));
    expect([made.asked, made.positions]).toEqual([1, 1]);
  });

  it('asks a whole round where the place of the log did not come in time', async () => {
    const made = stage();
    const { prober } = proberOn(made);
    await askNow(prober);
    vi.advanceTimersByTime(1);
    made.script.delayMs = Number.POSITIVE_INFINITY;
    const hung = prober.coordinates();
    await vi.advanceTimersByTimeAsync(2 * DEADLINE_MS);
    expect(await hung).toBeUndefined();
    expect([made.opened, made.mostInFlight]).toEqual([2, 1]);
  });

  it('asks anew once the machine has slept, whatever the monotonic clock counted', async () => {
    const made = stage();
    let sleptMs = 0;
    const { prober } = proberOn(made, { now: () => clock.now() + sleptMs });
    await askNow(prober);
    const longAgo = clock.monotonic() - 10_000;
    await prober.ask(longAgo, clock.monotonic() + DEADLINE_MS);
    expect(made.asked).toBe(1);
    sleptMs = 3_600_000;
    await prober.ask(longAgo, clock.monotonic() + DEADLINE_MS);
    expect(made.asked).toBe(2);
    // A clock that is set back makes nothing younger, and one answer of the new time is enough.
    sleptMs = -3_600_000;
    await prober.ask(longAgo, clock.monotonic() + DEADLINE_MS);
    expect(made.asked).toBe(2);
  });

  it('dials anew once its name means another address, and asks that one', async () => {
    const made = stage();
    let addresses = ['10.0.0.1'];
    const { prober } = proberOn(made, { host: 'db1.example', lookup: async () => addresses });
    await askNow(prober);
    await vi.advanceTimersByTimeAsync(LOOK_PERIOD_MS);
    await askNow(prober);
    expect(made.opened).toBe(1);
    addresses = ['10.0.0.2'];
    await vi.advanceTimersByTimeAsync(LOOK_PERIOD_MS);
    await askNow(prober);
    await vi.advanceTimersByTimeAsync(1);
    await askNow(prober);
    expect(made.opened).toBe(2);
    // What was asked at the address before is no answer, neither for who waited nor for later.
    expect([made.destroyed, made.asked]).toEqual([1, 5]);
  });
});
