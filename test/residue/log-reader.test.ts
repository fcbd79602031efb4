import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { ROWS_MAX } from '../../src/residue/binlog-connection.js';
import { isRewound, LogReader, type Passed } from '../../src/residue/log-reader.js';
import { type Event, MYSQL, rowsOf } from './logs.js';

/** A server's log as files of events, and what was asked of it. */
function sourceWith(files: Map<string, Event[]>, bytes?: number) {
  const asked: string[] = [];
  let opened = 0;
  const reader = new LogReader({
    clock: systemClock,
    open: () => {
      opened += 1;
      return {
        files: async () =>
          [...files].map(([name, events]) => ({ name, bytes: bytes ?? 4 + events.length * 10 })),
        events: async ({ file, position, rows }) => {
          asked.push(`${file}:${position}`);
          expect(rows).toBeLessThanOrEqual(ROWS_MAX);
          const all = rowsOf(files.get(file) ?? []);
          const from = all.findIndex(({ Pos }) => Pos === position);
          const end = all.at(-1)?.End_log_pos;
          if (!files.has(file) || (from < 0 && end !== position)) throw moved();
          return from < 0 ? [] : all.slice(from, from + rows);
        },
        destroy: () => undefined,
      };
    },
  });
  return { reader, asked, opened: () => opened };
}

function moved(): Error {
  return Object.assign(new Error('Wrong offset or I/O error'), { errno: 1220 });
}

const DROP: Event = ['Query', 'DROP TABLE app.t'];
const ROTATE: Event = ['Rotate', 'next'];
const fromTheOldest: Passed = () => false;

async function read(reader: LogReader, passed: Passed = fromTheOldest): Promise<boolean> {
  return await reader.catchUp(MYSQL, passed, systemClock.monotonic() + 2_000);
}

describe('a reader', () => {
  it('reads every file to the end, once, and goes on from there', async () => {
    const files = new Map<string, Event[]>([
      ['b.000001', [DROP, ROTATE]],
      ['b.000002', [DROP]],
    ]);
    const { reader, asked } = sourceWith(files);
    expect(await read(reader)).toBe(true);
    expect(reader.log?.events.length).toBe(2);
    expect(reader.log?.cursor).toEqual({ file: 'b.000002', position: 14 });
    files.get('b.000002')?.push(DROP);
    expect(await read(reader)).toBe(true);
    expect(reader.log?.events.length).toBe(3);
    expect(asked.filter((place) => place === 'b.000001:4')).toHaveLength(1);
  });

  it('begins with the newest file that nobody needs to look behind', async () => {
    const files = new Map<string, Event[]>([
      ['b.000001', [DROP, ROTATE]],
      ['b.000002', [DROP, ROTATE]],
      ['b.000003', [DROP]],
    ]);
    const { reader } = sourceWith(files);
    await read(reader, ({ file }) => file <= 'b.000002');
    expect(reader.log?.floor.file).toBe('b.000002');
    expect(reader.log?.events.length).toBe(2);
    expect(reader.isOldest).toBe(false);
  });

  it('asks for many rows only where the rest of the file is small', async () => {
    const events = Array.from({ length: 2_000 }, (): Event => ['Query', 'BEGIN']);
    const small = sourceWith(new Map([['b.000001', events]]));
    expect(await read(small.reader)).toBe(true);
    expect(small.asked.slice(0, 2)).toEqual(['b.000001:4', 'b.000001:5004']);
    const large = sourceWith(new Map([['b.000001', events]]), 10_000_000);
    expect(await read(large.reader)).toBe(true);
    expect(large.asked.slice(0, 2)).toEqual(['b.000001:4', 'b.000001:504']);
  });

  it('reads anew what was reset under it', async () => {
    const files = new Map<string, Event[]>([['b.000001', [DROP, DROP, DROP]]]);
    const { reader } = sourceWith(files);
    await read(reader);
    files.set('b.000001', [DROP]);
    expect(await read(reader)).toBe(true);
    expect(reader.log?.events.length).toBe(1);
    expect(reader.trouble).toBeUndefined();
  });

  it('says that it did not get to the end in time', async () => {
    const { reader } = sourceWith(new Map([['b.000001', [DROP]]]));
    expect(await reader.catchUp(MYSQL, fromTheOldest, systemClock.monotonic() - 1)).toBe(false);
  });

  it('opens no connection until it is asked to read, and a new one after a failure', async () => {
    const files = new Map<string, Event[]>([['b.000001', [DROP]]]);
    const { reader, opened } = sourceWith(files);
    expect(opened()).toBe(0);
    await read(reader);
    files.clear();
    files.set('b.000002', [DROP]);
    expect(await read(reader)).toBe(true);
    expect(opened()).toBe(2);
    reader.stop();
  });
});

it('takes a log for rewound when it ends before what was read', () => {
  const cursor = { file: 'b.000003', position: 100 };
  const now = (file: string, position: number) => isRewound(cursor, { file, position, gtid: '' });
  expect(now('b.000001', 154)).toBe(true);
  expect(now('b.000003', 99)).toBe(true);
  expect(now('b.000003', 100)).toBe(false);
  expect(now('b.000004', 4)).toBe(false);
  expect(now('other.000004', 4)).toBe(true);
});
