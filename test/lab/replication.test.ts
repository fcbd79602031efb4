// Links between real servers: made, stopped, severed; by GTID and by position.
import { describe, expect, it } from 'vitest';
import {
  channels,
  coordinates,
  replicate,
  resetWithoutAll,
  sever,
  startReplication,
  stopReplication,
  untilCaughtUp,
} from '../../src/lab/replication.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';

describeOnEveryLine('replication', (line) => {
  const { server } = labWith({
    line,
    servers: ['db1', 'db2', 'replica1'],
    links: [
      ['db1', 'db2'],
      ['db2', 'db1'],
      ['replica1', 'db1'],
    ],
  });
  const caughtUp = (consumer: string, source: string) =>
    untilCaughtUp({ consumer: server(consumer), source: server(source) });
  const rows = (name: string) => server(name).query('SELECT id FROM app.t ORDER BY id');

  it('carries a write around and down', async () => {
    await server('db2').execute('CREATE DATABASE app', 'CREATE TABLE app.t (id INT PRIMARY KEY)');
    await server('db2').execute('INSERT INTO app.t VALUES (1)');
    await caughtUp('db1', 'db2');
    await caughtUp('replica1', 'db1');
    expect(await rows('replica1')).toEqual([{ id: 1 }]);
  });

  it('names the consumer at the source, with its port', async () => {
    const words = line === 'mysql-9' ? 'SHOW REPLICAS' : 'SHOW SLAVE HOSTS';
    const ports = (await server('db1').query(words)).map((row) => row.Port);
    expect(ports).toContain(server('replica1').port);
  });

  it('stopped, it keeps the row and brings what was missed on START', async () => {
    await stopReplication(server('replica1'));
    await server('db1').query('INSERT INTO app.t VALUES (2)');
    expect(await channels(server('replica1'))).toHaveLength(1);
    const short = { consumer: server('replica1'), source: server('db1') };
    await expect(untilCaughtUp(short, 300)).rejects.toThrow(/replica1 did not reach .* of db1/);
    await startReplication(server('replica1'));
    await caughtUp('replica1', 'db1');
    expect(await rows('replica1')).toHaveLength(2);
  });

  it('RESET without ALL leaves the row, severing does not', async () => {
    await resetWithoutAll(server('replica1'));
    expect(await channels(server('replica1'))).toHaveLength(1);
    await sever(server('replica1'));
    expect(await channels(server('replica1'))).toEqual([]);
    await server('db1').query('INSERT INTO app.t VALUES (3)');
    expect(await rows('replica1')).toHaveLength(2);
  });

  it('severed, it can be linked again by position', async () => {
    await server('replica1').query('DELETE FROM app.t');
    await replicate({ consumer: server('replica1'), source: server('db1'), gtid: false });
    await server('db1').query('INSERT INTO app.t VALUES (4)');
    await caughtUp('replica1', 'db1');
    expect(await rows('replica1')).toEqual([{ id: 4 }]);
  });

  it('knows where a server stands', async () => {
    const before = await coordinates(server('db1'));
    await server('db1').query('INSERT INTO app.t VALUES (5)');
    const after = await coordinates(server('db1'));
    expect(after.file).toMatch(/^binlog\.\d+$/);
    expect(after.position).toBeGreaterThan(before.position);
    expect(after.gtid).not.toBe(before.gtid);
  });

  it('linked, it goes on after a restart of the consumer', async () => {
    await server('replica1').restart();
    await server('db1').query('INSERT INTO app.t VALUES (6)');
    await caughtUp('replica1', 'db1');
    expect(await rows('replica1')).toContainEqual({ id: 6 });
  });
});

describe.each(['mariadb-10.11', 'mysql-9'] as const)('named channels on %s', (line) => {
  const { server } = labWith({ line, servers: ['a', 'b', 'both'] });

  it('carry two sources, and one is severed without the other', async () => {
    const consumer = server('both');
    for (const channel of ['a', 'b']) {
      // By position: two MariaDB sources of one GTID domain cannot be told apart by GTID.
      await replicate({ consumer, source: server(channel), channel, gtid: false });
      await server(channel).query(`CREATE DATABASE from_${channel}`);
      await untilCaughtUp({ consumer, source: server(channel), channel });
    }
    expect(await consumer.query("SHOW DATABASES LIKE 'from%'")).toHaveLength(2);
    await sever(consumer, 'a');
    expect(await channels(consumer)).toHaveLength(1);
  });

  it('can be given a delay', async () => {
    const delayed = { channel: 'late', delaySeconds: 3600, start: false };
    await replicate({ consumer: server('both'), source: server('a'), ...delayed });
    expect(JSON.stringify(await channels(server('both')))).toContain('"SQL_Delay":3600');
  });
});
