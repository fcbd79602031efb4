// One server's life: started, frozen, killed, restarted with its data, ended.
import { existsSync } from 'node:fs';
import { kill } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount } from '../../src/lab/accounts.js';
import { Lab } from '../../src/lab/lab.js';
import { run } from '../../src/lab/program.js';
import type { LabServer } from '../../src/lab/server.js';
import { describeOnEveryLine } from '../support/lab.js';

function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch {
    return false;
  }
}

describeOnEveryLine('a server', (line) => {
  let lab: Lab;
  let server: LabServer;
  beforeAll(async () => {
    lab = await Lab.open();
    server = await lab.start({ line, name: 'db1', options: ['--max-connections=33'] });
  });
  afterAll(() => lab.close());

  it('takes root over TCP and flags of the caller', async () => {
    const rows = await server.query('SELECT @@max_connections AS c, @@log_bin AS l');
    expect(rows).toEqual([{ c: 33, l: 1 }]);
  });

  it('can be asked by its own client program and dumped by its dump program', async () => {
    await server.execute('CREATE DATABASE app', 'CREATE TABLE app.t (id INT PRIMARY KEY)');
    const login = ['--no-defaults', '-h127.0.0.1', `-P${server.port}`, '-uroot'];
    const { client, dump } = server.clientTools;
    const asked = await run(client, [...login, '-N', '-e', 'SELECT 6*7']);
    expect(asked.stdout.trim()).toBe('42');
    const dumped = await run(dump, [...login, 'app']);
    expect(dumped.stdout).toContain('CREATE TABLE `t`');
  });

  it('keeps its data, port and identity through SIGKILL and restart', async () => {
    const { pid, port } = server;
    await server.execute('INSERT INTO app.t VALUES (1)');
    await server.kill('SIGKILL');
    expect(server.running).toBe(false);
    expect(isAlive(pid)).toBe(false);
    await expect(server.query('SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await server.restart(['--max-connections=34']);
    expect(server.port).toBe(port);
    expect(await server.query('SELECT id, @@max_connections AS c FROM app.t')).toEqual([
      { id: 1, c: 34 },
    ]);
  });

  it('says nothing while frozen and goes on after', async () => {
    await server.kill('SIGSTOP');
    const asking = server.query('SELECT 1 AS one');
    const first = await Promise.race([
      asking,
      new Promise((resolve) => setTimeout(() => resolve('silence'), 200)),
    ]);
    expect(first).toBe('silence');
    await server.kill('SIGCONT');
    expect(await asking).toEqual([{ one: 1 }]);
  });

  it('is ended even when frozen, and its folder with it', async () => {
    const other = await lab.start({ line, name: 'db2' });
    const { pid, directory } = other;
    await other.kill('SIGSTOP');
    await other.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(directory)).toBe(false);
  });
});

describe('the MariaDB client', () => {
  it('logs in to MySQL 9 with a caching_sha2 password', async () => {
    const lab = await Lab.open();
    try {
      const mysql = await lab.start({ line: 'mysql-9', name: 'db1' });
      await createAccount(mysql, { user: 'app', password: 'p-1', rights: [] });
      const { client } = (await lab.start({ line: 'mariadb-10.11', name: 'db2' })).clientTools;
      const login = ['--no-defaults', '-h127.0.0.1', `-P${mysql.port}`, '-uapp', '-pp-1'];
      expect((await run(client, [...login, '-N', '-e', 'SELECT 6*7'])).stdout.trim()).toBe('42');
    } finally {
      await lab.close();
    }
  });
});

describe('a server that cannot start', () => {
  it('says why, from its own log, and leaves nothing', async () => {
    const lab = await Lab.open();
    const starting = lab.start({ line: 'mariadb-10.11', name: 'db1', options: ['--no-such-flag'] });
    await expect(starting).rejects.toThrow(/^db1 \(mariadb-10\.11\): .*no-such-flag/);
    expect(lab.servers).toEqual([]);
    await lab.close();
    expect(existsSync(lab.folder)).toBe(false);
  });

  it('does not take another server on its port for itself', async () => {
    const lab = await Lab.open();
    try {
      const first = await lab.start({ line: 'mariadb-10.11', name: 'db1' });
      const { port } = first;
      const second = lab.start({ line: 'mariadb-10.11', name: 'db2', port });
      await expect(second).rejects.toThrow(/Address already in use/);
      expect(await first.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      await lab.close();
    }
  });
});
