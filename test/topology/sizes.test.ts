// What is asked about sizes, and what is made of the answers; how real servers answer is
// test/e2e/question-connection.test.ts.
import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/topology/rows.js';
import { OBJECTS_SIZED_MAX, SizeBook, sizeQuestion } from '../../src/topology/sizes.js';

const T = { schema: 'app', name: 't' };

function bookThat(answer: (sql: string, opened: number) => readonly Row[]) {
  const log: string[] = [];
  let opened = 0;
  const book = new SizeBook({
    clock: { now: () => 0, monotonic: () => 5 },
    open: (server) => {
      opened += 1;
      const number = opened;
      log.push(`open ${server} ${number}`);
      return {
        ask: async (sql, _, timeoutMs) => {
          log.push(`ask ${number} within ${timeoutMs}`);
          return answer(sql, number);
        },
        destroy: () => log.push(`destroy ${number}`),
      };
    },
  });
  return { book, log };
}

describe('the size book', () => {
  it('asks one connection a server, and only when something is asked', async () => {
    const { book, log } = bookThat(() => [{ i: 0, n: '7', b: '16384' }]);
    expect(log).toEqual([]);
    expect((await book.of('db2', [T], 105)).get(T)).toEqual({ rows: 7, bytes: 16_384 });
    await book.of('db2', [T], 105);
    expect(log).toEqual(['open db2 1', 'ask 1 within 100', 'ask 1 within 100']);
    book.stop();
    expect(log.at(-1)).toBe('destroy 1');
  });

  it('takes what is missing or NULL for unknown', async () => {
    const other = { schema: 'app', name: 'other' };
    const { book } = bookThat(() => [{ i: 0, n: null, b: 5 }]);
    const sizes = await book.of('db2', [T, other], 105);
    expect(sizes.get(T)).toEqual({ rows: 'unknown', bytes: 5 });
    expect(sizes.get(other)).toBeUndefined();
  });

  it('asks a new connection when the kept one has broken, and gives up past the deadline', async () => {
    const { book, log } = bookThat((_, opened) => {
      if (opened === 1 && log.length > 2) throw new Error('gone');
      return [{ i: 0, n: 1, b: 1 }];
    });
    await book.of('db2', [T], 105);
    expect((await book.of('db2', [T], 105)).size).toBe(1);
    expect(log.slice(2)).toEqual([
      'ask 1 within 100',
      'destroy 1',
      'open db2 2',
      'ask 2 within 100',
    ]);
    expect((await book.of('db2', [T], 5)).size).toBe(0);
  });

  it('asks of no object without a schema, and of so many at most', async () => {
    const { book, log } = bookThat(() => []);
    await book.of('db2', [{ name: 't' }], 105);
    expect(log).toEqual([]);
    const many = Array.from({ length: 1_000 }, (_, n) => ({ schema: 'app', name: `t${n}` }));
    await book.of('db2', many, 105);
    expect(log.filter((line) => line.startsWith('ask'))).toHaveLength(OBJECTS_SIZED_MAX / 32);
  });

  it('never puts a name into the question itself', () => {
    const { sql, values } = sizeQuestion([{ schema: "a'b", name: 'c`d' }, { schema: 'app' }]);
    expect(values).toEqual(["a'b", 'c`d', 'app']);
    expect(sql.split('?')).toHaveLength(4);
    expect(sql).not.toContain("a'b");
  });
});
