// What `check`, `doctor` and a dry run say of a control database, on a real server.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAtStore } from '../../src/approval/look-at-store.js';
import type { LabServer } from '../../src/lab/server.js';
import {
  addControlAccount,
  CONTROL,
  controlConfig,
  openControl,
  placeOf,
} from '../support/control.js';
import { addAccounts, interlock, MONITOR, writeConfig } from '../support/interlock.js';
import { labWith } from '../support/lab.js';

describe('a look at the store of approvals', () => {
  const stage = labWith({ line: 'mariadb-10.11', servers: ['c1', 'db1'] });
  const env = { CONTROL_PASSWORD: CONTROL.password };
  let c1: LabServer;
  let db1: LabServer;
  let folder: string;

  beforeAll(async () => {
    [c1, db1] = [stage.server('c1'), stage.server('db1')];
    folder = await mkdtemp(join(tmpdir(), 'interlock-look-'));
    await addControlAccount(c1);
    await addControlAccount(db1);
    await addAccounts([db1]);
    await c1.execute(
      'CREATE DATABASE control1',
      'SET GLOBAL innodb_flush_log_at_trx_commit = 1',
      'SET GLOBAL sync_binlog = 1',
    );
    await db1.execute('CREATE DATABASE control1');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const look = (...servers: readonly { host: string; port: number }[]) =>
    lookAtStore(placeOf(servers, 'control1', folder), env);

  it('changes nothing, and knows a store once it is there', async () => {
    expect(await look(c1)).toEqual([
      { kind: 'fine', message: expect.stringContaining('is empty: a store is made there') },
    ]);
    expect(await c1.query('SHOW TABLES FROM control1')).toEqual([]);
    const { store } = openControl(placeOf([c1], 'control1', folder));
    const { id } = await store.identity();
    await store.close();
    expect(await look(c1)).toEqual([
      { kind: 'fine', message: expect.stringContaining(`has store ${id}`) },
    ]);
  });

  it('names what cannot be used, what could forget, and what is no cluster', async () => {
    expect(await look(c1, db1)).toMatchObject([
      { kind: 'fine' },
      { kind: 'risky', message: expect.stringContaining('sync_binlog is 0') },
      { kind: 'unfit', message: expect.stringContaining('are not of one cluster') },
    ]);
    expect(await look({ host: '127.0.0.1', port: 1 })).toMatchObject([
      { kind: 'unreachable', message: expect.stringContaining('ECONNREFUSED') },
    ]);
    const wrong = await lookAtStore(placeOf([c1], 'control1', folder), { CONTROL_PASSWORD: 'x' });
    expect(wrong).toMatchObject([{ kind: 'unfit' }]);
    expect(await lookAtStore({ kind: 'file', file: '/nowhere' }, env)).toEqual([]);
  });

  it('is part of check, doctor and a dry run', async () => {
    const at = await writeConfig(
      { guarded: [db1], more: [controlConfig([c1, db1], 'control1')], files: {} },
      folder,
    );
    await writeFile(join(folder, 'control-password'), CONTROL.password);
    await writeFile(join(folder, 'monitor-password'), MONITOR.password);
    const run = (...args: string[]) => interlock([...args, '--config', at.configFile]);
    const checked = await run('check');
    expect(checked).toMatchObject({ code: 1 });
    expect(checked.stderr).toContain('approvals.store is on db1, which Interlock guards');
    expect(checked.stderr).toContain('the addresses of approvals.store are not of one cluster');
    const dry = await run('run', '--dry-run');
    expect(dry.stdout).toMatch(/ok +approvals +the control database control1 at .* has store/);
    expect(dry.stdout).toMatch(/wrong +approvals +the addresses of approvals.store/);
    const doctor = await run('doctor', '--json');
    const ids = JSON.parse(doctor.stdout).findings.map((found: { id: string }) => found.id);
    expect(ids).toContain('approvals-store');
  });
});
