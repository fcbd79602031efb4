// A session at a control database, on a real server: what it makes of a server's own settings, whom it
// trusts, and that it never goes through Interlock.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openControlSession } from '../../src/approval/control-session.js';
import type { StoreServer } from '../../src/config/config.js';
import { Lab } from '../../src/lab/lab.js';
import type { LabServer } from '../../src/lab/server.js';
import { Authority } from '../support/authority.js';
import { addControlAccount, CONTROL, placeOf } from '../support/control.js';
import { addAccounts, RunningInterlock } from '../support/interlock.js';
import { startPlanned } from '../support/lab.js';

describe('a session at a control database', () => {
  let lab: Lab | undefined;
  let c1: LabServer;
  let folder: string;
  let authority: Authority;
  let failure: unknown;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interlock-control-'));
    authority = await Authority.make('the right authority');
    lab = await Lab.open();
    const options = await authority.serverOptions(lab.folder, 'control.example');
    try {
      await startPlanned(lab, { line: 'mariadb-10.11', servers: ['c1'], options });
      c1 = lab.server('c1');
      await addControlAccount(c1);
      await c1.execute('CREATE DATABASE control1');
    } catch (cause) {
      failure = cause;
    }
  });
  beforeEach(() => {
    if (failure !== undefined) throw failure;
  });
  afterAll(async () => {
    await lab?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (
    more: Partial<StoreServer> = {},
    port = c1.port,
    password: string = CONTROL.password,
  ) => {
    const place = { ...placeOf([c1], 'control1', folder), ...more };
    const env = { CONTROL_PASSWORD: password };
    return openControlSession({ host: '127.0.0.1', port }, place, env);
  };

  it('has settings of its own, whatever the server’s are', async () => {
    const settings = [
      ["sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'", "sql_mode = ''"],
      ['autocommit = 0', 'autocommit = 1'],
      ['completion_type = 1', 'completion_type = 0'],
      ["tx_isolation = 'SERIALIZABLE'", "tx_isolation = 'REPEATABLE-READ'"],
    ] as const;
    for (const [odd] of settings) await c1.execute(`SET GLOBAL ${odd}`);
    const session = await open();
    try {
      const text = `it's "odd" \\ and \\' too`;
      const [row] = await session.rows(
        'SELECT ? AS said, @@autocommit AS a, @@completion_type AS c, @@tx_isolation AS i',
        [text],
      );
      expect(row).toEqual({ said: text, a: 1, c: 'NO_CHAIN', i: 'REPEATABLE-READ' });
    } finally {
      session.destroy();
      for (const [, plain] of settings) await c1.execute(`SET GLOBAL ${plain}`);
    }
  });

  it('says where it is, and what about that could lose a commit', async () => {
    const session = await open();
    expect(session.address).toBe(`127.0.0.1:${c1.port}`);
    expect(session.home).toMatch(/^server .{10,} \d+$/);
    expect(session.warnings).toEqual(['innodb_flush_log_at_trx_commit is 2', 'sync_binlog is 0']);
    session.destroy();
    await c1.execute('SET GLOBAL innodb_flush_log_at_trx_commit = 1', 'SET GLOBAL sync_binlog = 1');
    const safe = await open();
    expect(safe.warnings).toEqual([]);
    expect(safe.home).toBe(session.home);
    safe.destroy();
  });

  it('trusts whom it is told to', async () => {
    const caFile = join(folder, 'ca.pem');
    await writeFile(caFile, authority.pem);
    const session = await open({ tls: { verify: 'ca', caFile } });
    const [cipher] = await session.rows("SHOW STATUS LIKE 'Ssl_cipher'");
    expect(String(cipher?.Value)).toMatch(/^TLS_/);
    session.destroy();
    const full = open({ tls: { verify: 'full', caFile } });
    await expect(full).rejects.toThrow(/IP: 127\.0\.0\.1 is not in the cert/);
    const stranger = join(folder, 'stranger.pem');
    await writeFile(stranger, (await Authority.make('another authority')).pem);
    await expect(open({ tls: { verify: 'ca', caFile: stranger } })).rejects.toThrow(/certificate/);
  });

  it('is not opened with a wrong password, or with none', async () => {
    await expect(open({}, c1.port, 'wrong')).rejects.toMatchObject({ errno: 1045 });
    await expect(open({ passwordEnv: 'NOT_SET' })).rejects.toThrow(/NOT_SET, which is not set/);
  });

  it('is not opened through Interlock, with approvals or without', async () => {
    await addAccounts([c1]);
    for (const more of [[], ['approvals: { approvers: ./approvers, store: ./store.db }']]) {
      const running = await RunningInterlock.start({ guarded: [c1], more });
      try {
        await expect(open({}, running.port('c1'))).rejects.toThrow(
          'it is reached through Interlock: name the address of the server itself',
        );
      } finally {
        await running.stop();
      }
    }
  });

  it('gives up on a server that takes connections and says nothing', async () => {
    await c1.kill('SIGSTOP');
    try {
      await expect(open()).rejects.toThrow(/no answer within|ETIMEDOUT/);
    } finally {
      await c1.kill('SIGCONT');
    }
  });
});
