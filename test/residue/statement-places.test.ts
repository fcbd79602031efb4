// Looking in the log between two places: which questions are asked, and when none is.
import { describe, expect, it, onTestFinished } from 'vitest';
import { ROWS_MAX } from '../../src/residue/binlog-connection.js';
import { type PlaceAsk, StatementPlaces } from '../../src/residue/statement-places.js';
import { readText } from '../../src/sql/statement-facts.js';
import { type Event, gtid, MYSQL, rowsOf } from './logs.js';

const DROP: readonly Event[] = [gtid(3), ['Query', 'DROP TABLE app.orders']];
const { effects } = readText(Buffer.from('DROP TABLE app.orders'), { dialect: MYSQL });
const at = (file: string, position: number) => ({ file, position });

function scene(files: Readonly<Record<string, readonly Event[]>>, failure?: Error) {
  const asked: string[] = [];
  let opened = 0;
  const places = new StatementPlaces({
    clock: { now: () => 0, monotonic: () => performance.now() },
    open: () => {
      opened += 1;
      return {
        files: async () => Object.keys(files).map((name) => ({ name, bytes: 1 })),
        events: async ({ file, position, rows }) => {
          asked.push(`${file}:${position}`);
          expect(rows).toBeLessThanOrEqual(ROWS_MAX);
          if (failure !== undefined) throw failure;
          const all = rowsOf(files[file] ?? []);
          return all.filter(({ Pos }) => Number(Pos) >= position).slice(0, rows);
        },
        destroy: () => undefined,
      };
    },
  });
  onTestFinished(() => places.stop());
  const ask = { server: 'db1', effects, dialect: MYSQL, serverId: 1 };
  const find = (before: PlaceAsk['before'], after: PlaceAsk['after']) =>
    places.find({ ...ask, before, after });
  return { find, asked, opened: () => opened };
}

describe('a statement', () => {
  it('is found between the two places, over as many files as lie there', async () => {
    const others: Event[] = [gtid(1), ['Query', 'DROP TABLE app.other']];
    const files = { 'b.000001': [...DROP, ...others], 'b.000002': DROP, 'b.000003': DROP };
    const { find, asked, opened } = scene(files);
    const found = await find(at('b.000001', 24), at('b.000002', 24));
    expect(found).toMatchObject([{ file: 'b.000002', start: 4, end: 24 }]);
    expect(asked).toEqual(['b.000001:24', 'b.000002:4']);
    await find(at('b.000003', 4), at('b.000003', 24));
    expect(opened()).toBe(1);
  });

  it('does not count what lies behind the second place', async () => {
    const { find } = scene({ 'b.000001': [...DROP, ...DROP] });
    const found = await find(at('b.000001', 4), at('b.000001', 24));
    expect(found).toMatchObject([{ start: 4, end: 24 }]);
  });

  it('is read in several questions, and given up when there are too many', async () => {
    const other: Event[] = [['Query', 'INSERT INTO app.t VALUES (1)']];
    const many = (count: number) => [...Array.from({ length: count }, () => other).flat(), ...DROP];
    const some = scene({ 'b.000001': many(500) });
    const end = 4 + 502 * 10;
    expect(await some.find(at('b.000001', 4), at('b.000001', end))).toMatchObject([{ end }]);
    expect(some.asked).toHaveLength(3);
    const more = scene({ 'b.000001': many(5_000) });
    expect(await more.find(at('b.000001', 4), at('b.000001', 50_024))).toBeUndefined();
    expect(more.asked).toHaveLength(10);
  });

  it('shares its reading with all that wait, and is told by what lies between its own places', async () => {
    const { find, asked } = scene({ 'b.000001': [...DROP, ...DROP, ...DROP] });
    const found = await Promise.all([
      find(at('b.000001', 4), at('b.000001', 24)),
      find(at('b.000001', 24), at('b.000001', 44)),
      find(at('b.000001', 24), at('b.000001', 64)),
    ]);
    expect(found).toMatchObject([[{ start: 4, end: 24 }], [{ start: 24, end: 44 }], undefined]);
    expect(asked).toEqual(['b.000001:4']);
  });

  it('costs no question where the log did not move, or is another one', async () => {
    const { find, asked } = scene({ 'b.000001': DROP });
    expect(await find(at('b.000001', 4), at('b.000001', 4))).toEqual([]);
    expect(await find(at('b.000001', 24), at('b.000001', 4))).toBeUndefined();
    expect(await find(at('a.000001', 4), at('b.000001', 4))).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('stays unknown when the log cannot be read, and is looked for anew the next time', async () => {
    const { find, opened } = scene({ 'b.000001': DROP }, new Error('gone'));
    expect(await find(at('b.000001', 4), at('b.000001', 24))).toBeUndefined();
    expect(await find(at('b.000001', 4), at('b.000001', 24))).toBeUndefined();
    expect(await find(at('b.000000', 4), at('b.000001', 24))).toBeUndefined();
    expect(opened()).toBe(3);
  });
});
