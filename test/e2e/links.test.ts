// Every state of a link, brought about on real servers of the three lines, and told by Topology
// within its deadline: live, armed, severed, unknown, strangers, and what a DROP would reach.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import type { ServerConfig } from '../../src/config/config.js';
import { createMonitorAccount } from '../../src/lab/accounts.js';
import {
  replicate,
  resetWithoutAll,
  sever,
  startReplication,
  stopReplication,
} from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { reachOf } from '../../src/topology/cascade.js';
import { type Link, type Picture, STRANGER } from '../../src/topology/snapshot.js';
import { Topology } from '../../src/topology/topology.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { expectWithin, msOf } from '../support/timing.js';

const DEADLINE_MS = 1_000;
const GRACE_MS = 100;
const MONITOR = { user: 'interlock', password: 'monitor-password' };

const open: Topology[] = [];
afterEach(() => {
  for (const topology of open.splice(0)) topology.stop();
});

interface Watch {
  readonly user?: string;
  readonly password?: string;
  readonly readers?: readonly { readonly server: string; readonly user: string }[];
}

/** A topology on these servers; `freshness` 0, so that each picture is asked for anew. */
function watch(servers: readonly LabServer[], options: Watch = {}): Topology {
  const topology = new Topology({
    servers: servers.map((server) => configOf(server, options.user ?? MONITOR.user)),
    readers: options.readers ?? [],
    links: { freshnessMs: 0, deadlineMs: DEADLINE_MS },
    passwords: new Map(servers.map(({ name }) => [name, options.password ?? MONITOR.password])),
    clock: systemClock,
  });
  open.push(topology);
  return topology;
}

function configOf(server: LabServer, user: string): ServerConfig {
  return {
    name: server.name,
    host: server.host,
    port: server.port,
    listen: server.name.startsWith('db') ? [{ kind: 'tcp', host: '127.0.0.1', port: 0 }] : [],
    mode: 'enforce',
    monitor: { user },
    tls: { verify: 'none' },
    binlogDump: 'deny',
  };
}

function linkIn(picture: Picture, source: string, consumer: string): Link {
  const link = picture.links.find((each) => each.source === source && each.consumer === consumer);
  if (link === undefined) throw new Error(`no link ${source} → ${consumer}`);
  return link;
}

/** Looks until the link is as wanted: threads of a server take a moment to start and end. */
async function untilLink(
  topology: Topology,
  [source, consumer]: readonly [string, string],
  isWanted: (link: Link) => boolean,
): Promise<Link> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const link = linkIn(await topology.fresh(), source, consumer);
    if (isWanted(link)) return link;
    if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(link)}`);
    await sleep(50);
  }
}

const connected = (link: Link): boolean => link.reason.startsWith('I/O thread running');

describeOnEveryLine('a link', (line) => {
  const stage = labWith({
    line,
    servers: ['db1', 'db2', 'replica1'],
    links: [
      ['db1', 'db2'],
      ['db2', 'db1'],
      ['replica1', 'db1'],
    ],
    gtid: false,
  });
  const servers = (): readonly LabServer[] => ['db1', 'db2', 'replica1'].map(stage.server);
  let prepared: Promise<unknown> | undefined;
  const watched = async (options: Watch = {}): Promise<Topology> => {
    prepared ??= Promise.all(servers().map((server) => createMonitorAccount(server, MONITOR)));
    await prepared;
    return watch(servers(), options);
  };

  it('is seen on a server that answers everybody with no rows', async () => {
    await watched();
    const db1 = stage.server('db1');
    await db1.query('SET GLOBAL sql_select_limit = 0');
    try {
      const topology = watch([db1]);
      const deadline = performance.now() + 20_000;
      for (;;) {
        const { links } = await topology.fresh();
        if (links.some(({ consumer, state }) => consumer === STRANGER && state === 'live')) break;
        expect(performance.now(), JSON.stringify(links)).toBeLessThan(deadline);
        await sleep(50);
      }
    } finally {
      await db1.query('SET GLOBAL sql_select_limit = DEFAULT');
    }
  });

  it('is live while the consumer receives, and reaches what is behind', async () => {
    const topology = await watched();
    const link = await untilLink(topology, ['db2', 'db1'], connected);
    expect(link.state).toBe('live');
    expect(link.threads.map(({ threadId }) => typeof threadId)).toContain('number');
    await untilLink(topology, ['db1', 'replica1'], connected);
    const picture = await topology.fresh();
    expect(picture.links.filter(({ consumer }) => consumer === STRANGER)).toEqual([]);
    expect(linkIn(picture, 'db2', 'replica1').state).toBe('severed');
    expect(reachOf(picture, 'db2').map(({ path }) => path.join(' → '))).toEqual([
      'db2 → db1',
      'db2 → db1 → replica1',
    ]);
    expect(topology.dialect('db1')?.flavour).toBe(line.startsWith('maria') ? 'mariadb' : 'mysql');
    const before = await topology.coordinates('db1');
    await stage.server('db1').query('CREATE DATABASE moves_the_position');
    const after = await topology.coordinates('db1');
    expect(after?.position).toBeGreaterThan(before?.position ?? Number.POSITIVE_INFINITY);
  });

  it('stays live when only the SQL thread is stopped', async () => {
    const topology = await watched();
    await stopReplication(stage.server('db1'), { thread: 'sql' });
    const link = linkIn(await topology.fresh(), 'db2', 'db1');
    await startReplication(stage.server('db1'));
    expect(link.state).toBe('live');
    expect(link.channel?.applying).toBe(false);
  });

  it('is armed when the I/O thread is stopped, and when both are', async () => {
    const topology = await watched();
    await stopReplication(stage.server('db1'), { thread: 'io' });
    expect(linkIn(await topology.fresh(), 'db2', 'db1').state).toBe('armed');
    await stopReplication(stage.server('db1'));
    const picture = await topology.fresh();
    expect(linkIn(picture, 'db2', 'db1').state).toBe('armed');
    expect(reachOf(picture, 'db2').map(({ server, state }) => `${server} ${state}`)).toEqual([
      'db1 armed',
      'replica1 armed',
    ]);
  });

  it('is armed after RESET without ALL', async () => {
    const topology = await watched();
    await resetWithoutAll(stage.server('db1'));
    const link = linkIn(await topology.fresh(), 'db2', 'db1');
    expect(link).toMatchObject({ state: 'armed', reason: 'row with a host, stopped' });
  });

  it('is severed at once by RESET … ALL, what lingers at the source being a leftover', async () => {
    const topology = await watched();
    const db1 = stage.server('db1');
    await sever(db1);
    await replicate({ consumer: db1, source: stage.server('db2'), gtid: false });
    await untilLink(topology, ['db2', 'db1'], connected);
    await sever(db1);
    const picture = await topology.fresh();
    expect(linkIn(picture, 'db2', 'db1').state).toBe('severed');
    expect(picture.links.filter(({ consumer }) => consumer === STRANGER)).toEqual([]);
    const seen = await stage
      .server('db2')
      .query("SELECT ID FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'");
    // The server that still shows the thread has it shown as a leftover of db1.
    const threads = linkIn(picture, 'db2', 'db1').threads.map(({ threadId }) => threadId);
    if (seen.length > 0) expect(threads).toContain(Number(seen[0]?.ID));
    expect(reachOf(picture, 'db2')).toEqual([]);
  });

  it('is unknown within the deadline when the monitor lacks PROCESS at the source', async () => {
    await watched();
    const weak = { user: 'without_process', password: 'weak' };
    const db1 = stage.server('db1');
    await createMonitorAccount(db1, { ...weak, without: ['PROCESS'] });
    await Promise.all(
      servers()
        .filter((server) => server !== db1)
        .map((server) => createMonitorAccount(server, weak)),
    );
    const topology = await watched(weak);
    const picture = await topology.fresh();
    expect(linkIn(picture, 'db1', 'replica1')).toMatchObject({
      state: 'unknown',
      reason: 'the monitor account lacks PROCESS on db1',
    });
    expect(linkIn(picture, 'db2', 'db1').state).toBe('severed');
    // The next question brings a new login, so a GRANT mends it without a restart.
    await db1.query(`GRANT PROCESS ON *.* TO '${weak.user}'@'127.0.0.%'`);
    await untilLink(topology, ['db1', 'replica1'], ({ state }) => state === 'live');
  });

  it('is unknown, and says what to grant, when the consumer may not be asked', async () => {
    await watched();
    const weak = { user: 'without_channels', password: 'weak' };
    const right = line.startsWith('maria') ? 'REPLICA MONITOR' : 'REPLICATION CLIENT';
    await Promise.all(
      servers().map((server) => createMonitorAccount(server, { ...weak, without: [right] })),
    );
    // On 5.6 and 9 SUPER or REPLICATION CLIENT will do; on 5.6 the lab's account has SUPER.
    if (line === 'mysql-5.6') {
      await stage.server('db1').query(`REVOKE SUPER ON *.* FROM '${weak.user}'@'127.0.0.%'`);
    }
    const picture = await (await watched(weak)).fresh();
    expect(picture.views.get('db1')).toMatchObject({ kind: 'silent', reason: 'missing-rights' });
    expect(JSON.stringify(picture.views.get('db1'))).toContain(`GRANT ${right} ON *.* TO`);
    expect(linkIn(picture, 'db2', 'db1').state).toBe('unknown');
  });

  it('is unknown when the password is wrong, and says whose', async () => {
    await watched();
    const topology = await watched({ password: 'not-it' });
    const picture = await topology.fresh();
    expect(picture.links.map(({ state }) => state)).toEqual(Array(6).fill('unknown'));
    const view = picture.views.get('db1');
    expect(view).toMatchObject({ kind: 'silent', reason: 'access-denied' });
    expect(JSON.stringify(view)).toContain('refused the login of interlock');
    expect(JSON.stringify(view)).not.toContain('not-it');
  });

  it('names a stranger, its thread and the KILL that ends it', async () => {
    await watched();
    const topology = watch([stage.server('db1')]);
    const link = await untilLink(topology, ['db1', STRANGER], ({ threads }) =>
      threads.some(({ threadId }) => threadId !== undefined),
    );
    const id = link.threads.find(({ threadId }) => threadId !== undefined)?.threadId;
    expect(link).toMatchObject({ state: 'live', reader: false });
    expect(link.reason).toContain(`KILL ${id}`);
    const readers = [{ server: 'db1', user: 'lab_replication' }];
    const declared = await watch([stage.server('db1')], { readers }).fresh();
    expect(linkIn(declared, 'db1', STRANGER)).toMatchObject({ reader: true });
    expect(reachOf(declared, 'db1')).toEqual([]);
  });

  it('is unknown within the deadline when a peer is frozen, and comes back', async () => {
    const topology = await watched();
    await topology.fresh();
    const replica1 = stage.server('replica1');
    await replica1.kill('SIGSTOP');
    let pictures: readonly Picture[] = [];
    try {
      await expectWithin(DEADLINE_MS + GRACE_MS, () =>
        msOf(async () => {
          pictures = await Promise.all([topology.fresh(), topology.fresh(), topology.fresh()]);
        }),
      );
    } finally {
      await replica1.kill('SIGCONT');
    }
    expect(pictures).toHaveLength(3);
    for (const picture of pictures) {
      expect(linkIn(picture, 'db1', 'replica1').state).toBe('unknown');
      expect(picture.views.get('replica1')).toMatchObject({ reason: 'timeout' });
      expect(linkIn(picture, 'db1', 'db2').state).toBe('live');
    }
    await untilLink(topology, ['db1', 'replica1'], ({ state }) => state === 'live');
  });

  it('is unknown at once when a peer is killed, and live again after its restart', async () => {
    const topology = await watched();
    await topology.fresh();
    const replica1 = stage.server('replica1');
    await replica1.kill('SIGKILL');
    let picture = await topology.fresh();
    await expectWithin(DEADLINE_MS + GRACE_MS, () =>
      msOf(async () => {
        picture = await topology.fresh();
      }),
    );
    expect(linkIn(picture, 'db1', 'replica1').state).toBe('unknown');
    // A silent server's thread is still its own: no stranger is made of it.
    expect(picture.links.filter(({ consumer }) => consumer === STRANGER)).toEqual([]);
    await replica1.restart();
    await untilLink(topology, ['db1', 'replica1'], ({ state }) => state === 'live');
  });
});
