// A source that only a failover list names: armed, because that is where its consumer goes when its
// own source is lost. Proved by what then happens to the data (MySQL ≥ 8.0.22).
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { createMonitorAccount } from '../../src/lab/accounts.js';
import { replicate, sever, startReplication } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import type { Link, LinkState, Picture } from '../../src/topology/snapshot.js';
import { Topology } from '../../src/topology/topology.js';
import { labWith } from '../support/lab.js';

const MONITOR = { user: 'interlock', password: 'monitor-password' };

const open: Topology[] = [];
afterEach(() => {
  for (const topology of open.splice(0)) topology.stop();
});

function watch(servers: readonly LabServer[]): Topology {
  const topology = new Topology({
    servers: servers.map(({ name, host, port }) => ({
      ...{ name, host, port, mode: 'enforce', binlogDump: 'deny' },
      listen: name.startsWith('db') ? [{ kind: 'tcp', host: '127.0.0.1', port: 0 }] : [],
      monitor: { user: MONITOR.user },
      tls: { verify: 'none' },
    })),
    readers: [],
    links: { freshnessMs: 0, deadlineMs: 1_000 },
    passwords: new Map(servers.map(({ name }) => [name, MONITOR.password])),
    clock: systemClock,
  });
  open.push(topology);
  return topology;
}

function linkIn(picture: Picture, source: string, consumer: string): Link {
  const link = picture.links.find((each) => each.source === source && each.consumer === consumer);
  if (link === undefined) throw new Error(`no link ${source} → ${consumer}`);
  return link;
}

async function untilState(
  topology: Topology,
  [source, consumer]: readonly [string, string],
  state: LinkState,
): Promise<void> {
  const seen = async () => linkIn(await topology.fresh(), source, consumer).state;
  await expect.poll(seen, { timeout: 60_000 }).toBe(state);
}

describe('a failover list on mysql-9', () => {
  const stage = labWith({ line: 'mysql-9', servers: ['db1', 'db2', 'replica1'] });

  it('arms the source that it names, and a drop there arrives once it fails over', async () => {
    const db1 = stage.server('db1');
    const db2 = stage.server('db2');
    const replica1 = stage.server('replica1');
    await Promise.all([db1, db2, replica1].map((server) => createMonitorAccount(server, MONITOR)));
    // The account that replicates, on the other source too.
    await replicate({ consumer: db1, source: db2, start: false });
    await sever(db1);
    const topology = watch([db1, db2, replica1]);
    expect(linkIn(await topology.fresh(), 'db2', 'replica1').state).toBe('severed');
    const named = [db1, db2].map(
      ({ port }, index) =>
        `SELECT asynchronous_connection_failover_add_source('', '127.0.0.1', ${port}, '', ` +
        `${90 - index * 10})`,
    );
    await replica1.execute(...named);
    expect(linkIn(await topology.fresh(), 'db2', 'replica1').state).toBe('armed');
    await replicate({ consumer: replica1, source: db1, start: false });
    await replica1.query(
      'CHANGE REPLICATION SOURCE TO SOURCE_CONNECTION_AUTO_FAILOVER=1, SOURCE_RETRY_COUNT=1',
    );
    await startReplication(replica1);
    await db2.execute('CREATE DATABASE only_here', 'DROP DATABASE only_here');
    await untilState(topology, ['db1', 'replica1'], 'live');
    const waiting = linkIn(await topology.fresh(), 'db2', 'replica1');
    expect(waiting).toMatchObject({ state: 'armed', reason: expect.stringContaining('failover') });
    await replica1.execute('SET sql_log_bin=0', 'CREATE DATABASE app', 'SET sql_log_bin=1');
    await db2.execute('SET sql_log_bin=0', 'CREATE DATABASE app', 'SET sql_log_bin=1');
    await db2.execute('DROP DATABASE app');
    const schemas = () => replica1.query("SHOW DATABASES LIKE 'app'");
    expect(await schemas()).toHaveLength(1);
    await db1.kill('SIGKILL');
    await expect.poll(async () => (await schemas()).length, { timeout: 60_000 }).toBe(0);
    await untilState(topology, ['db2', 'replica1'], 'live');
  });
});
