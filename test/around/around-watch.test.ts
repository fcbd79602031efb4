// When a session counts as one that went around, and what happens when a server does not answer.
import { afterEach, expect, it } from 'vitest';
import { AroundWatch } from '../../src/around/around-watch.js';
import type { Row } from '../../src/topology/rows.js';

const PERIOD_MS = 5;
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A watch on one server whose answers are `looks`, one after the other, the last for ever. */
function watch(looks: readonly (readonly Row[] | Error)[]) {
  const counts: number[] = [];
  const warned: string[] = [];
  let asked = 0;
  let destroyed = 0;
  const around = new AroundWatch({
    servers: [{ name: 'db1', monitorUser: 'interlock' }],
    expected: [],
    open: () => ({
      ask: async () => {
        const look = looks[Math.min(asked, looks.length - 1)];
        asked += 1;
        if (look instanceof Error) throw look;
        return look ?? [];
      },
      destroy: () => {
        destroyed += 1;
      },
    }),
    through: () => new Set([1]),
    onCount: (_, count) => counts.push(count),
    log: { warn: (_, message) => warned.push(message) },
    periodMs: PERIOD_MS,
  });
  ends.push(() => around.stop());
  around.start();
  return { around, counts, warned, asked: () => asked, destroyed: () => destroyed };
}

const thread = (ID: number) => ({ ID, USER: 'app', HOST: '10.0.0.7:1', COMMAND: 'Sleep' });

it('counts a session that is seen twice, and says so once', async () => {
  const { counts, warned, asked, around } = watch([[thread(1), thread(2)]]);
  await expect.poll(asked).toBeGreaterThan(3);
  expect(counts.slice(0, 3)).toEqual([0, 1, 1]);
  expect(warned).toHaveLength(1);
  expect(around.now().get('db1')).toEqual([{ id: 2, user: 'app', host: '10.0.0.7' }]);
});

it('counts nobody who came or went between two looks', async () => {
  const { counts, asked, warned } = watch([[thread(2)], [thread(3)], [], [thread(4)], []]);
  await expect.poll(asked).toBeGreaterThan(5);
  expect(new Set(counts)).toEqual(new Set([0]));
  expect(warned).toEqual([]);
});

it('begins anew on a new connection after an answer that did not come', async () => {
  const { counts, asked, destroyed, warned } = watch([
    [thread(2)],
    new Error('gone'),
    [thread(2)],
    [thread(2)],
  ]);
  await expect.poll(asked).toBeGreaterThan(4);
  expect(destroyed()).toBe(1);
  expect(counts.slice(0, 3)).toEqual([0, 0, 1]);
  expect(warned[0]).toBe('cannot tell who goes around');
});
