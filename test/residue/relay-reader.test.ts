// Which questions a relay log is asked, and what is still to be run of it.
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import type { RelayQuestion } from '../../src/residue/binlog-connection.js';
import { type RelayChannel, RelayReader } from '../../src/residue/relay-reader.js';
import type { Row } from '../../src/topology/rows.js';
import { MYSQL } from './logs.js';

const drop = (index: number): Row => ({
  Pos: index * 10,
  Event_type: 'Query',
  Server_id: 1,
  End_log_pos: (index + 1) * 10,
  Info: `DROP TABLE app.t${index}`,
});
const rotate = (index: number, to: string): Row => ({
  Pos: index * 10,
  Event_type: 'Rotate',
  Server_id: 2,
  End_log_pos: 0,
  Info: `${to};pos=4`,
});

function scene(files: Record<string, readonly Row[]>) {
  const asked: RelayQuestion[] = [];
  let closed = 0;
  const reader = new RelayReader({
    clock: systemClock,
    open: () => ({
      relayEvents: async (question) => {
        asked.push(question);
        const rows = files[question.file];
        if (rows === undefined) throw Object.assign(new Error('no such file'), { errno: 1220 });
        return rows.filter(({ Pos }) => Number(Pos) >= question.position).slice(0, question.rows);
      },
      destroy: () => {
        closed += 1;
      },
    }),
  });
  const at = (position: number, file = 'relay.000002'): RelayChannel => ({
    ...{ name: '', consumerId: 2, dialect: MYSQL },
    relay: { file, position },
    source: { file: 'binlog.000001', position },
  });
  const read = (channel: RelayChannel) => reader.catchUp(channel, systemClock.monotonic() + 5_000);
  return { reader, asked, read, at, files, closed: () => closed };
}

describe('a reader of a relay log', () => {
  it('reads what is still to be run, over all its files, in questions of few rows', async () => {
    const many = Array.from({ length: 450 }, (_, index) => drop(index + 1));
    const { reader, asked, read, at } = scene({
      'relay.000002': [...many, rotate(451, 'relay.000003')],
      'relay.000003': [
        { ...drop(0), Pos: 4, Event_type: 'Format_desc' },
        drop(600),
        rotate(601, 'relay.000004'),
      ],
    });
    await read(at(10));
    expect(reader.view?.trouble).toBeUndefined();
    expect(reader.view?.events).toHaveLength(451);
    expect(reader.view?.endSeenAtMs).toBeGreaterThan(0);
    for (const { rows } of asked) expect(rows).toBeLessThanOrEqual(500);
    expect(asked.at(-1)?.file).toBe('relay.000004');
  });

  it('reads only what is new, and lets go of what has been run', async () => {
    const { reader, asked, read, at, files } = scene({ 'relay.000002': [drop(1), drop(2)] });
    await read(at(10));
    expect(reader.view?.events).toHaveLength(2);
    files['relay.000002'] = [drop(1), drop(2), drop(3)];
    await read(at(20));
    expect(asked.at(-1)?.position).toBe(20);
    expect(reader.view?.events.map(({ statement }) => statement)).toEqual([
      'DROP TABLE app.t2',
      'DROP TABLE app.t3',
    ]);
  });

  it('begins anew where the log is another one', async () => {
    const { reader, read, at } = scene({ 'relay.000002': [drop(1), drop(2)] });
    await read(at(20));
    expect(reader.view?.events).toHaveLength(1);
    await read(at(10));
    expect(reader.view?.events).toHaveLength(2);
  });

  it('says what it could not read, and tries again', async () => {
    const { reader, read, at, files, closed } = scene({});
    await read(at(10));
    expect(reader.view?.trouble).toBe('no such file');
    expect(closed()).toBe(1);
    files['relay.000002'] = [drop(2)];
    await read(at(10));
    expect(reader.view?.trouble).toContain('no event begins at relay.000002:10');
    files['relay.000002'] = [drop(1)];
    await read(at(10));
    expect(reader.view).toMatchObject({ events: [{}] });
    expect(reader.view?.trouble).toBeUndefined();
  });

  it('reads large events a few at a time', async () => {
    const large = [1, 2, 3].map((index) => ({ ...drop(index), Pos: index * 200_000 }));
    const { asked, read, at } = scene({ 'relay.000002': large });
    await read(at(200_000));
    await read(at(200_000));
    expect(asked.at(-1)?.rows).toBeLessThanOrEqual(2);
  });
});
