import { describe, expect, it } from 'vitest';
import { answerOf, type Rows } from '../../src/topology/answer.js';
import type { ServerAnswer } from '../../src/topology/snapshot.js';

function answer(rows: Rows): ServerAnswer {
  return answerOf({
    server: 'db1',
    learned: {
      dialect: { flavour: 'mysql', version: 90_704 },
      versionText: '9.7.4',
      account: 'a@%',
      variables: [],
      logBin: true,
      wsrep: false,
      groupReplication: false,
    },
    rows,
    askedAtMs: 1,
    askedAtMonotonicMs: 2,
    answeredAtMs: 3,
    missingRights: [],
    warnings: [],
  });
}

const NEW_ROW = {
  Channel_Name: 'c',
  Source_Host: 'h',
  Source_Port: 3306,
  Source_User: 'repl',
  Source_UUID: 'u',
  Source_Server_Id: 7,
  Replica_IO_Running: 'Yes',
  Replica_SQL_Running: 'No',
  SQL_Delay: 60,
  Replicate_Ignore_DB: 'app',
};

describe('what a server has executed', () => {
  it('is a place in its source’s log, old words or new', () => {
    const old = { Relay_Master_Log_File: 'b.000002', Exec_Master_Log_Pos: '77', Using_Gtid: 'No' };
    const fresh = { Relay_Source_Log_File: 'b.000002', Exec_Source_Log_Pos: 77, Auto_Position: 1 };
    const [one] = answer({ channels: [{ ...NEW_ROW, ...old }] }).channels;
    const [other] = answer({ channels: [{ ...NEW_ROW, ...fresh }] }).channels;
    const executed = { file: 'b.000002', position: 77 };
    expect(one).toMatchObject({ executed, byGtid: false });
    expect(other).toMatchObject({ executed, byGtid: true });
    const mariadb = { ...NEW_ROW, ...old, Using_Gtid: 'Slave_Pos' };
    expect(answer({ channels: [mariadb] }).channels[0]?.byGtid).toBe(true);
  });

  it('is a GTID set or position, without line ends, and a skip counter', () => {
    const variables = [
      { gtid_executed: 'u:1-2,\nv:1', gtid_purged: '', sql_slave_skip_counter: 2 },
    ];
    expect(answer({ variables }).gtids).toEqual({
      executed: 'u:1-2,v:1',
      purged: '',
      skipCounter: 2,
    });
    const slavePos = answer({ variables: [{ gtid_slave_pos: '0-1-5' }] }).gtids;
    expect(slavePos).toEqual({ slavePos: '0-1-5', skipCounter: 0 });
  });
});

describe('channels', () => {
  it('are read under new names and old ones alike', () => {
    const old = Object.entries(NEW_ROW).map(([name, value]) => [
      name.replace('Source_', 'Master_').replace('Replica_', 'Slave_'),
      value,
    ]);
    const expected = {
      name: 'c',
      sourceHost: 'h',
      sourcePort: 3306,
      sourceUser: 'repl',
      sourceUuid: 'u',
      sourceServerId: 7,
      receiving: true,
      connected: true,
      applying: false,
      delaySeconds: 60,
      filters: ['Replicate_Ignore_DB: app'],
    };
    expect(answer({ channels: [NEW_ROW] }).channels).toEqual([expected]);
    expect(answer({ channels: [Object.fromEntries(old)] }).channels).toEqual([expected]);
  });

  it.each([
    ['Yes', true, true],
    ['Connecting', true, false],
    ['Preparing', true, false],
    ['No', false, false],
  ])('whose I/O thread says %s', (word, receiving, connected) => {
    const [channel] = answer({ channels: [{ ...NEW_ROW, Replica_IO_Running: word }] }).channels;
    expect(channel).toMatchObject({ receiving, connected });
  });

  it('leave out what the consumer never learned', () => {
    const row = { ...NEW_ROW, Source_UUID: '', Source_Server_Id: 0 };
    const [channel] = answer({ channels: [row] }).channels;
    expect(channel).not.toHaveProperty('sourceUuid');
    expect(channel).not.toHaveProperty('sourceServerId');
  });

  it('without a host are a group’s own, not links', () => {
    const rows = ['', '<NULL>'].map((Source_Host) => ({ ...NEW_ROW, Source_Host }));
    expect(answer({ channels: rows }).channels).toEqual([]);
  });
});

describe('passing on', () => {
  it.each([
    [{ log_bin: 1, log_replica_updates: 1 }, true],
    [{ log_bin: 1, log_slave_updates: 0 }, false],
    [{ log_bin: 0, log_slave_updates: 1 }, false],
    // What does not say is taken for the worst.
    [{ log_bin: 1 }, true],
  ])('goes by %j', (variables, passesOn) => {
    expect(answer({ variables: [variables] }).passesOn).toBe(passesOn);
  });

  it('is what every member of a cluster does', () => {
    const galera = [
      { Variable_name: 'wsrep_cluster_size', Value: '3' },
      { Variable_name: 'wsrep_cluster_state_uuid', Value: 'c1' },
      { Variable_name: 'wsrep_connected', Value: 'ON' },
      { Variable_name: 'wsrep_incoming_addresses', Value: '10.0.0.1:3306,AUTO' },
    ];
    const said = answer({ variables: [{ log_bin: 0 }], galera });
    expect(said.passesOn).toBe(true);
    expect(said.groups).toEqual([
      {
        kind: 'galera',
        name: 'c1',
        joined: true,
        size: 3,
        members: [{ host: '10.0.0.1', port: 3306 }],
      },
    ]);
  });
});

describe('a Galera node that is no member now', () => {
  const away = [
    { Variable_name: 'wsrep_cluster_size', Value: '0' },
    { Variable_name: 'wsrep_cluster_state_uuid', Value: '' },
    { Variable_name: 'wsrep_connected', Value: 'OFF' },
  ];
  const notJoined = { kind: 'galera', name: '', joined: false, size: 0, members: [] };

  it('can join for as long as it has a provider, though wsrep_on is off', () => {
    const variables = [{ wsrep_on: 0, wsrep_provider: '/usr/lib/libgalera_smm.so' }];
    expect(answer({ variables, galera: away }).groups).toEqual([notJoined]);
    // Loaded since the connection was opened, when there was nothing to ask for.
    expect(answer({ variables }).groups).toEqual([notJoined]);
  });

  it('is none without one', () => {
    expect(answer({ variables: [{ wsrep_on: 1, wsrep_provider: 'none' }] }).groups).toEqual([]);
    const variables = [{ wsrep_on: 0, wsrep_provider: 'none' }];
    expect(answer({ variables, galera: away }).groups).toEqual([]);
  });
});

describe('what else is read', () => {
  it('joins dump threads with their UUIDs and keeps list entries apart', () => {
    const { dumpThreads } = answer({
      dumpThreads: [{ ID: 5, USER: 'repl', HOST: 'h:1' }, { ID: 6 }],
      consumerUuids: [{ ID: 5, UUID: 'u' }],
      replicas: [{ Server_Id: 2, Host: 'h', Replica_UUID: 'u' }],
    });
    expect(dumpThreads).toEqual([
      { threadId: 5, user: 'repl', host: 'h:1', consumerUuid: 'u' },
      { threadId: 6 },
      { host: 'h', consumerUuid: 'u', consumerServerId: 2 },
    ]);
  });

  it('takes super_read_only for read only', () => {
    expect(answer({ variables: [{ read_only: 0, super_read_only: 1 }] }).readOnly).toBe(true);
    expect(answer({ variables: [{ read_only: 'OFF' }] }).readOnly).toBe(false);
  });

  it('gives coordinates with the GTID set on one line, or none', () => {
    const row = { File: 'b.1', Position: 9, Executed_Gtid_Set: 'a:1-2,\nb:1' };
    expect(answer({ coordinates: [row] }).coordinates).toEqual({
      file: 'b.1',
      position: 9,
      gtid: 'a:1-2,b:1',
    });
    const mariadb = answer({
      coordinates: [{ File: 'b.1', Position: 9 }],
      variables: [{ gtid_binlog_pos: '0-1-6' }],
    });
    expect(mariadb.coordinates?.gtid).toBe('0-1-6');
    expect(answer({ coordinates: [] }).coordinates).toBeUndefined();
  });

  it('is a group that can be joined, where one is set up and nobody is in it', () => {
    const variables = [{ group_replication_group_name: 'g' }];
    expect(answer({ variables }).groups).toMatchObject([{ joined: false, size: 0 }]);
    const groupMembers = [
      { MEMBER_ID: 'u', MEMBER_HOST: 'h', MEMBER_PORT: 3306, MEMBER_STATE: 'ONLINE' },
    ];
    expect(answer({ variables, groupMembers }).groups).toMatchObject([{ joined: true, size: 1 }]);
    const offline = groupMembers.map((row) => ({ ...row, MEMBER_STATE: 'OFFLINE' }));
    expect(answer({ variables, groupMembers: offline }).groups[0]?.joined).toBe(false);
    // The plugin came after the connection: which group it is, is not known, but that it is in one.
    expect(answer({ groupMembers }).groups).toMatchObject([{ joined: true, size: 1, name: '' }]);
    expect(answer({ groupMembers: offline }).groups).toEqual([]);
  });
});
