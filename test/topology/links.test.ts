import { describe, expect, it } from 'vitest';
import { linksOf } from '../../src/topology/links.js';
import {
  type DumpThread,
  type Link,
  type ReaderSpec,
  type ServerView,
  STRANGER,
} from '../../src/topology/snapshot.js';
import {
  answered,
  channelFrom,
  entryOf,
  mariadb,
  STOPPED,
  silent,
  uuidOf,
  viewsOf,
} from './views.js';

function links(views: readonly ServerView[], readers: readonly ReaderSpec[] = []): readonly Link[] {
  const entries = views.map(({ server }) => entryOf(server));
  return linksOf({ entries, views: viewsOf(...views), readers });
}

function link(views: readonly ServerView[], source = 'db1', consumer = 'db2'): Link | undefined {
  return links(views).find((each) => each.source === source && each.consumer === consumer);
}

function strangers(found: readonly Link[]): readonly Link[] {
  return found.filter(({ consumer }) => consumer === STRANGER);
}

/** db1's view with these threads and list entries, and a db2 that holds no channel. */
function sourceWith(...dumpThreads: readonly DumpThread[]): readonly ServerView[] {
  return [answered('db1', { dumpThreads }), answered('db2')];
}

const ELSEWHERE = { sourceHost: 'vip.example', sourcePort: 3306 };

describe('the state of a link by the consumer’s rows', () => {
  const states: readonly (readonly [string, Partial<ReturnType<typeof channelFrom>>, string])[] = [
    ['live while the I/O thread runs', {}, 'live'],
    ['live while the I/O thread is connecting', { connected: false }, 'live'],
    ['live though the SQL thread is stopped', { applying: false }, 'live'],
    ['live though it is delayed', { delaySeconds: 86_400 }, 'live'],
    ['live though it is filtered', { filters: ['Replicate_Ignore_DB: app'] }, 'live'],
    ['armed when only the SQL thread runs', { receiving: false, connected: false }, 'armed'],
    ['armed when both threads are stopped', STOPPED, 'armed'],
  ];
  it.each(states)('is %s', (_, changes, state) => {
    const channels = [channelFrom('db1', { sourceUuid: uuidOf('db1'), ...changes })];
    expect(link([answered('db1'), answered('db2', { channels })])?.state).toBe(state);
  });

  it('is severed when the consumer answered without a channel', () => {
    expect(link([answered('db1'), answered('db2')])?.state).toBe('severed');
  });

  it('is armed by an address alone, after RESET without ALL', () => {
    const { sourceServerId: _, ...bare } = channelFrom('db1', STOPPED);
    const found = link([answered('db1'), answered('db2', { channels: [bare] })]);
    expect(found).toMatchObject({ state: 'armed', reason: 'row with a host, stopped' });
  });

  it('is found by UUID under an address nobody configured', () => {
    const channels = [channelFrom('db1', { ...ELSEWHERE, sourceUuid: uuidOf('db1') })];
    const views = [answered('db1'), answered('db2', { channels }), answered('db3')];
    expect(link(views)?.state).toBe('live');
    expect(link(views, 'db3', 'db2')?.state).toBe('severed');
  });

  it('may be another’s once a row with a UUID is not connected, where its address is an alias', () => {
    const through = (changes: Partial<ReturnType<typeof channelFrom>>) => {
      const channel = channelFrom('db1', { sourceUuid: uuidOf('db1'), ...STOPPED, ...changes });
      return [answered('db1'), answered('db2', { channels: [channel] }), answered('db3')];
    };
    // A name that moves with its service names db3 by the time of the next START.
    expect(link(through(ELSEWHERE))?.state).toBe('armed');
    expect(link(through(ELSEWHERE), 'db3', 'db2')?.state).toBe('unknown');
    const connecting = { ...ELSEWHERE, receiving: true };
    expect(link(through(connecting), 'db3', 'db2')?.state).toBe('unknown');
    expect(link(through({}), 'db3', 'db2')?.state).toBe('severed');
    const foreign = { ...ELSEWHERE, sourceUuid: 'of-nobody' };
    expect(link(through(foreign), 'db3', 'db2')?.state).toBe('severed');
  });

  it('is found by a MariaDB server id under an address nobody configured', () => {
    const channels = [channelFrom('db1', ELSEWHERE)];
    const views = [mariadb('db1'), mariadb('db2', { channels }), mariadb('db3')];
    expect(link(views)?.state).toBe('live');
    expect(link(views, 'db3', 'db2')?.state).toBe('severed');
  });

  it('is found by the address the source reports of itself', () => {
    const channels = [channelFrom('db1', { ...ELSEWHERE, ...STOPPED })];
    const reported = [{ host: 'VIP.example.', port: 3306 }];
    const views = [mariadb('db1', { reportedAddresses: reported }), mariadb('db2', { channels })];
    expect(link(views)?.state).toBe('armed');
  });

  it('counts a MariaDB server id from before CHANGE MASTER for its old source only as a maybe', () => {
    const channels = [channelFrom('db1', { ...ELSEWHERE, ...STOPPED })];
    const views = [mariadb('db1'), mariadb('db2', { channels }), mariadb('db3')];
    expect(link(views)?.state).toBe('armed');
    expect(link(views, 'db3', 'db2')?.state).toBe('unknown');
  });

  it('follows a MariaDB row that was pointed at another server’s own address, started or not', () => {
    const { sourceHost } = channelFrom('db3');
    const channels = [channelFrom('db1', { sourceHost, ...STOPPED })];
    const views = [mariadb('db1'), mariadb('db2', { channels }), mariadb('db3')];
    expect(link(views)?.state).toBe('severed');
    expect(link(views, 'db3', 'db2')?.state).toBe('armed');
    // Who does not answer there may be anybody.
    const silence = [mariadb('db1'), mariadb('db2', { channels }), silent('db3')];
    expect(link(silence)?.state).toBe('armed');
  });

  it('cannot be told apart when nothing says whose the address is', () => {
    const { sourceServerId: _, ...bare } = channelFrom('db1', { ...ELSEWHERE, ...STOPPED });
    const found = link([answered('db1'), answered('db2', { channels: [bare] })]);
    expect(found?.state).toBe('unknown');
    expect(found?.reason).toContain('vip.example:3306');
  });

  it('is not made by a row that is certainly another configured server’s', () => {
    const channels = [channelFrom('db3', STOPPED)];
    const views = [mariadb('db1'), mariadb('db2', { channels }), mariadb('db3')];
    expect(link(views)?.state).toBe('severed');
    expect(link(views, 'db3', 'db2')?.state).toBe('armed');
  });

  it('takes a loopback address for the consumer’s own host', () => {
    const entries = [
      { name: 'db1', host: '10.0.0.1', port: 3306, guarded: true },
      { name: 'db2', host: '10.0.0.1', port: 3307, guarded: true },
    ];
    const { sourceServerId: _, ...bare } = channelFrom('db1', {
      ...STOPPED,
      sourceHost: '127.0.0.1',
    });
    const views = viewsOf(answered('db1'), answered('db2', { channels: [bare] }));
    expect(linksOf({ entries, views, readers: [] })[0]?.state).toBe('armed');
    // What is at Interlock's own loopback is not what is at the consumer's.
    const here = [{ name: 'db3', host: '127.0.0.1', port: 3306, guarded: true }];
    const far = viewsOf(...views.values(), answered('db3'));
    const elsewhere = linksOf({ entries: [...entries, ...here], views: far, readers: [] });
    expect(elsewhere.map(({ source, state }) => `${source} ${state}`)).toContain('db3 severed');
  });

  it('takes the most dangerous of several channels, and names it', () => {
    const channels = [channelFrom('db1', STOPPED), channelFrom('db1', { name: 'second' })];
    const found = link([mariadb('db1'), mariadb('db2', { channels })]);
    expect(found?.state).toBe('live');
    expect(found?.reason).toContain('channel second');
  });
});

describe('the state of a link nobody can tell', () => {
  it.each([
    ['the consumer is silent', [answered('db1'), silent('db2')], 'db2 did not answer in time'],
    ['the source is silent', [silent('db1'), answered('db2')], 'db1 did not answer in time'],
    [
      'the monitor lacks PROCESS at the source',
      [answered('db1', { missingRights: ['PROCESS'] }), answered('db2')],
      'the monitor account lacks PROCESS on db1',
    ],
  ])('is unknown when %s', (_, views, reason) => {
    expect(link(views)).toMatchObject({ state: 'unknown', reason });
  });

  it('is known when the monitor lacks PROCESS at the consumer alone', () => {
    const views = [answered('db1'), answered('db2', { missingRights: ['PROCESS'] })];
    expect(link(views)?.state).toBe('severed');
  });

  it('is unknown before anyone was asked', () => {
    const entries = [entryOf('db1'), entryOf('db2')];
    const found = linksOf({ entries, views: new Map(), readers: [] });
    expect(found.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
  });

  it('is unknown between two servers with one UUID', () => {
    const identity = { serverId: 7, serverUuid: uuidOf('db1') };
    const found = link([answered('db1'), answered('db2', { identity })]);
    expect(found?.state).toBe('unknown');
    expect(found?.reason).toContain('server_uuid');
  });

  it('is unknown between two MariaDB servers with one server id', () => {
    const found = link([mariadb('db1'), mariadb('db2', { identity: { serverId: 1 } })]);
    expect(found?.reason).toBe('cannot be told apart: both have server_id 1');
  });

  it('tells two MySQL servers with one server id apart by UUID', () => {
    const identity = { serverId: 1, serverUuid: uuidOf('db2') };
    expect(link([answered('db1'), answered('db2', { identity })])?.state).toBe('severed');
  });
});

describe('a failover list', () => {
  const listing = (host: string) =>
    answered('db2', { failoverSources: [{ channel: '', host, port: 3306 }] });

  it('arms the source it names', () => {
    expect(link([answered('db1'), listing('10.0.0.1')])?.state).toBe('armed');
  });

  it('leaves a source alone that it does not name', () => {
    const views = [answered('db1'), listing('10.0.0.3'), answered('db3')];
    expect(link(views)?.state).toBe('severed');
  });

  it('makes it unknown when its address is nobody’s we know', () => {
    expect(link([answered('db1'), listing('vip.example')])?.state).toBe('unknown');
  });
});

describe('dump threads at the source', () => {
  const thread = { threadId: 9, user: 'repl', host: '10.0.0.2:5000' };
  const entry = { consumerServerId: 2, consumerUuid: uuidOf('db2'), host: 'db2' };

  it('are leftovers when their consumer has no channel any more', () => {
    const found = links(sourceWith(thread, entry));
    expect(found[0]).toMatchObject({ state: 'severed', threads: [{ threadId: 9 }] });
    expect(strangers(found)).toEqual([]);
  });

  it('are attributed by the UUID they carry themselves', () => {
    const found = links(sourceWith({ ...thread, consumerUuid: uuidOf('db2') }));
    expect(found[0]?.threads).toHaveLength(1);
    expect(strangers(found)).toEqual([]);
  });

  it('are strangers without a list entry, and named with what ends them', () => {
    const found = strangers(links(sourceWith(thread)));
    expect(found).toMatchObject([{ source: 'db1', state: 'live', reader: false }]);
    expect(found[0]?.reason).toBe(
      'reads the binary log: user repl, from 10.0.0.2:5000, KILL 9 ends it',
    );
  });

  it('are one stranger more than the list accounts for', () => {
    const other = { threadId: 10, user: 'backup', host: '10.0.0.77:5000' };
    const found = links(sourceWith(other, thread, entry));
    expect(strangers(found)[0]?.threads).toMatchObject([{ threadId: 10 }]);
  });

  it('count list entries of unknown consumers as strangers', () => {
    const found = strangers(links(sourceWith({ consumerServerId: 77 })));
    expect(found[0]?.reason).toContain('server_id 77');
  });

  it('are strangers though they bear the source’s own identity', () => {
    const own = { consumerServerId: 1, consumerUuid: uuidOf('db1') };
    expect(strangers(links(sourceWith(own)))).toHaveLength(1);
  });

  it('belong to a consumer that fell silent, by what it last said it was', () => {
    const views = viewsOf(answered('db1', { dumpThreads: [thread, entry] }), silent('db2'));
    const entries = [entryOf('db1'), entryOf('db2')];
    const identities = new Map([['db2', answered('db2').identity]]);
    const found = linksOf({ entries, views, readers: [], identities });
    expect(strangers(found)).toEqual([]);
    expect(found[0]).toMatchObject({ state: 'unknown', threads: [{ threadId: 9 }] });
  });
});

describe('declared readers', () => {
  const thread = { threadId: 9, user: 'ghost', host: '10.0.0.77:5000' };
  const entry = { consumerServerId: 99_999 };
  it.each([
    ['server id', { server: 'db1', serverId: 99_999 }],
    ['user', { server: 'db1', user: 'ghost' }],
    ['both', { server: 'db1', serverId: 99_999, user: 'ghost' }],
  ])('are shown and not counted, by %s', (_, reader) => {
    const found = strangers(links(sourceWith(thread, entry), [reader]));
    expect(found).toMatchObject([{ reader: true }]);
  });

  it.each([
    ['another server', { server: 'db2', user: 'ghost' }],
    ['another user', { server: 'db1', serverId: 99_999, user: 'repl' }],
    ['nobody', { server: 'db1' }],
  ])('are strangers when the declaration means %s', (_, reader) => {
    const found = strangers(links(sourceWith(thread, entry), [reader]));
    expect(found).toMatchObject([{ reader: false }]);
  });

  it('are never configured servers: these answer for themselves', () => {
    const channels = [channelFrom('db1')];
    const dumpThreads = [{ ...thread, consumerUuid: uuidOf('db2') }];
    const views = [answered('db1', { dumpThreads }), answered('db2', { channels })];
    const found = links(views, [{ server: 'db1', user: 'ghost' }]);
    expect(found[0]).toMatchObject({ consumer: 'db2', state: 'live', reader: false });
    expect(strangers(found)).toEqual([]);
  });
});
