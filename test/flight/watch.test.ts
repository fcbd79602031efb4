// Who is ended, when, and what the session is told. The clock is the test's; nothing is waited for.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Doom, FlightBook } from '../../src/flight/book.js';
import { type Ended, FlightWatch, WATCH_PERIOD_MS } from '../../src/flight/watch.js';
import type { Ending, Presence } from '../../src/topology/session-ender.js';
import type { LinkState } from '../../src/topology/snapshot.js';
import { flightOf, pictureIn, sessionOf } from './flying.js';

function scene() {
  const book = new FlightBook();
  const said = {
    state: 'severed' as LinkState,
    ending: { kind: 'killed' } as Ending,
    presence: 'there' as Presence,
    looks: 0,
    kills: 0,
    closed: 0,
  };
  const ended: Ended[] = [];
  const endangered: string[] = [];
  const dooms: Doom[] = [];
  const clock = { now: () => Date.now(), monotonic: () => Date.now() };
  const watch = new FlightWatch({
    book,
    clock,
    topology: {
      anew: async (sinceMs) => {
        said.looks += 1;
        return pictureIn(said.state, sinceMs);
      },
    },
    enderOf: () => ({
      warm: () => undefined,
      presence: async () => said.presence,
      end: async () => {
        said.kills += 1;
        return said.ending;
      },
      close: () => {
        said.closed += 1;
      },
    }),
    ended: (each) => ended.push(each),
    endangered: ({ recordId }) => endangered.push(recordId),
    failed: (reason) => {
      throw new Error(reason);
    },
    moved: () => watch.wake(),
  });
  const enter = (recordId = 'r1'): void => {
    const times = { sinceMs: Date.now(), picturedAtMs: Date.now() };
    book.enter(flightOf(recordId, { by: sessionOf(1, dooms), ...times }));
    watch.wake();
  };
  return { book, said, ended, endangered, dooms, watch, enter };
}

const pass = (periods: number) => vi.advanceTimersByTimeAsync(periods * WATCH_PERIOD_MS);

describe('the watch', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('looks at nothing while nothing is in flight, nor at what has ended at once', async () => {
    const { said, enter, book, watch } = scene();
    watch.wake();
    await pass(10);
    enter();
    book.landed('r1', { kind: 'ok' }, Date.now());
    watch.wake();
    await pass(10);
    expect(said.looks).toBe(0);
  });

  it('looks again and again, and harms nobody while nobody follows', async () => {
    const { said, enter, dooms } = scene();
    enter();
    await pass(10);
    expect(said.looks).toBeGreaterThan(5);
    expect([said.kills, dooms]).toEqual([0, []]);
  });

  it.each(['live', 'armed'] as const)('ends a session whose link is %s by now', async (state) => {
    const { said, enter, dooms, ended, book } = scene();
    enter();
    await pass(2);
    said.state = state;
    await pass(2);
    expect(said.kills).toBe(1);
    expect(dooms[0]).toMatchObject({ now: false });
    expect(dooms[0]?.message).toContain('DROP TABLE app.t');
    expect(dooms[0]?.message).toContain(`db1 (${state})`);
    expect(ended.map(({ ending }) => ending.kind)).toEqual(['killed']);
    await pass(30);
    expect(dooms.at(-1)).toMatchObject({ now: true });
    said.presence = 'gone';
    await pass(2);
    expect(book.flights).toEqual([]);
    expect(said.kills).toBe(1);
  });

  it('believes a doubt only when a second look has it too', async () => {
    const { said, enter } = scene();
    enter();
    await pass(2);
    said.state = 'unknown';
    await pass(1);
    expect(said.kills).toBe(0);
    said.state = 'severed';
    await pass(3);
    expect(said.kills).toBe(0);
    said.state = 'unknown';
    await pass(3);
    expect(said.kills).toBe(1);
  });

  it('ends the session when the server cannot be told, says so once, and tries again', async () => {
    const { said, enter, dooms, ended } = scene();
    enter();
    said.state = 'live';
    said.ending = { kind: 'failed', reason: 'no right' };
    await pass(40);
    expect(dooms.at(-1)).toMatchObject({ now: true });
    expect(dooms.at(-1)?.message).toContain('could NOT be made to stop it');
    expect(ended.map(({ ending }) => ending.kind)).toEqual(['failed']);
    expect(said.kills).toBeGreaterThan(1);
  });

  it('takes a link that any picture shows for one, and no old picture', async () => {
    const { said, enter, watch } = scene();
    enter();
    watch.observe(pictureIn('live', Date.now() - 1));
    watch.observe(pictureIn('unknown', Date.now() + 1));
    expect(said.kills).toBe(0);
    watch.observe(pictureIn('live', Date.now() + 1));
    expect(said.kills).toBe(1);
  });

  it('only tells of what XA has prepared', async () => {
    const { said, enter, book, endangered, watch } = scene();
    enter();
    book.landed('r1', { kind: 'ok', isOpen: true }, Date.now());
    book.finish('p1', { verb: 'prepare', server: 'db2', session: 1, xid: '78..1' });
    book.landed('p1', { kind: 'ok' }, Date.now());
    watch.observe(pictureIn('live', Date.now() + 1));
    watch.observe(pictureIn('live', Date.now() + 2));
    expect([said.kills, endangered]).toEqual([0, ['r1']]);
  });

  it('lets go of its ways to servers some time after the last', async () => {
    const { said, enter, book, watch } = scene();
    enter();
    await pass(3);
    book.landed('r1', { kind: 'ok' }, Date.now());
    watch.wake();
    await pass(5);
    expect(said.closed).toBe(0);
    await pass(200);
    expect(said.closed).toBe(1);
  });
});
