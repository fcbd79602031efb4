// The approvals' store in a control database, on real servers: the contract of every store, and what
// only this kind has to do.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalStore } from '../../src/approval/store.js';
import type { StoreServer } from '../../src/config/config.js';
import type { LabServer } from '../../src/lab/server.js';
import { CAPS, NOW_MS, requestOf, storeContract, tokenOf } from '../approval/store-contract.js';
import { CommitCut } from '../support/commit-cut.js';
import { addControlAccount, openControl, placeOf } from '../support/control.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';

describeOnEveryLine('control store', (line) => {
  const stage = labWith({ line, servers: ['c1'], gtid: false });
  const opened: ApprovalStore[] = [];
  let c1: LabServer;
  let folder: string;
  let database = '';
  let made = 0;

  beforeAll(async () => {
    c1 = stage.server('c1');
    await addControlAccount(c1);
    folder = await mkdtemp(join(tmpdir(), 'interlock-control-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    made += 1;
    database = `control${made}`;
    await c1.execute(`CREATE DATABASE ${database}`);
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  /** Each as another Interlock on another machine, but for those that are named alike. */
  const place = (name = `m${opened.length}`, more: Partial<StoreServer> = {}): StoreServer => ({
    ...placeOf([c1], database, folder),
    marksFile: join(folder, `${database}.${name}`),
    ...more,
  });
  const open = (name?: string, more: Partial<StoreServer> = {}) => {
    const { store, warned } = openControl(place(name, more));
    opened.push(store);
    return { store, warned };
  };

  describe('as every store', () => {
    storeContract(async () => open().store);
  });

  const use = { recordId: 'R1', usedMs: NOW_MS };
  const tables = [
    'interlock_store, interlock_requests, interlock_tokens, interlock_uses',
    'interlock_holds, interlock_takes',
  ].join(', ');

  it('needs no more rights than it is said to, and says which are missing', async () => {
    await c1.execute('CREATE DATABASE elsewhere');
    for (const [name, says] of [
      ['elsewhere', 'lacks rights: GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON elsewhere.* TO'],
      ['control_none', 'no database control_none: CREATE DATABASE control_none; GRANT SELECT'],
    ] as const) {
      const { store } = open('rights', { database: name });
      await expect(store.find('A1'), name).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining(says),
      });
    }
    await c1.execute('DROP DATABASE elsewhere');
  });

  it('is made by one of all that begin at once', async () => {
    const ids = await Promise.all(
      Array.from({ length: 6 }, async (_, n) => (await open(`n${n}`).store.identity()).id),
    );
    expect(new Set(ids).size).toBe(1);
  });

  it('is not used when it is of another version, or has lost a table', async () => {
    await open().store.identity();
    await c1.execute(`UPDATE ${database}.interlock_store SET version = 2`);
    await expect(open().store.find('A1')).rejects.toThrow(
      /its tables are of version 2, this Interlock is of 1; drop its tables/,
    );
    await c1.execute(
      `UPDATE ${database}.interlock_store SET version = 1`,
      `DROP TABLE ${database}.interlock_uses`,
    );
    await expect(open().store.find('A1')).rejects.toThrow(/a table of it is gone/);
  });

  it('honours nothing old when it was put back from before a use', async () => {
    const { store, warned } = open('home');
    const { id } = await store.identity();
    await store.openRequest(requestOf('A1'), CAPS);
    await store.openRequest(requestOf('A2'), CAPS);
    await store.addToken('A1', tokenOf('t1'));
    const copies = tables.split(', ').map((table) => table.trim());
    for (const table of copies) {
      await c1.execute(`CREATE TABLE ${database}.c_${table} SELECT * FROM ${database}.${table}`);
    }
    expect(await store.consume('A1', use)).toMatchObject({ kind: 'consumed' });
    const putBack = async (): Promise<void> => {
      for (const table of copies) {
        await c1.execute(
          `DELETE FROM ${database}.${table}`,
          `INSERT INTO ${database}.${table} SELECT * FROM ${database}.c_${table}`,
        );
      }
    };
    await putBack();
    // The same Interlock, and one that was started in its place.
    expect(await store.consume('A1', use)).toMatchObject({ kind: 'ended' });
    const renewed = await store.identity();
    expect(renewed.id).not.toBe(id);
    expect(warned).toContainEqual(expect.stringContaining('put back from a copy'));
    expect(await store.find('A2')).toMatchObject({ state: 'restored' });
    await putBack();
    const restarted = open('home').store;
    expect((await restarted.identity()).id).not.toBe(id);
    expect(await restarted.find('A1')).toMatchObject({ state: 'restored' });
    expect(await restarted.consume('A1', use)).toMatchObject({ kind: 'ended' });
    // What is asked for from now on counts again.
    await restarted.openRequest(requestOf('A3'), CAPS);
    expect(await restarted.consume('A3', use)).toMatchObject({ kind: 'consumed' });
  });

  it('is another store on another server', async () => {
    const { store } = open();
    const { id } = await store.identity();
    await store.openRequest(requestOf('A1'), CAPS);
    await c1.execute(`UPDATE ${database}.interlock_store SET home = 'server of another place'`);
    expect((await store.identity()).id).not.toBe(id);
    expect(await store.consume('A1', use)).toMatchObject({ kind: 'ended' });
  });

  it('comes back by itself when its connections or its server were away', async () => {
    const { store } = open();
    await store.openRequest(requestOf('A1', { uses: 2 }), CAPS);
    const sessions = await c1.query(
      "SELECT id FROM information_schema.processlist WHERE user = 'approvals'",
    );
    expect(sessions.length).toBeGreaterThan(0);
    for (const row of sessions) await c1.execute(`KILL ${Number(row.id ?? row.ID)}`);
    expect(await store.consume('A1', use)).toMatchObject({ kind: 'consumed' });
    await c1.shutDown();
    await expect(store.find('A1')).rejects.toThrow(/cannot be used; mend it, or sever the links/);
    await c1.restart();
    expect(await store.consume('A1', use)).toMatchObject({ kind: 'consumed', usesLeft: 0 });
  });

  it('approves nothing on a commit that nobody confirmed', async () => {
    const path = await CommitCut.open(c1.port);
    const through = { addresses: [{ host: '127.0.0.1', port: path.port }] };
    try {
      const { store } = open('cut', through);
      for (const id of ['A1', 'A2']) await store.openRequest(requestOf(id), CAPS);
      const said = (id: string) => ({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining(
          `did not confirm the use of ${id}: repeat the statement; if the use got there, sign anew`,
        ),
      });
      path.cutNext('before');
      await expect(store.consume('A1', use)).rejects.toMatchObject(said('A1'));
      // It never got there: the use is still there, and can be had once.
      expect(await store.consume('A1', use)).toMatchObject({ kind: 'consumed' });
      path.cutNext('after');
      await expect(store.consume('A2', use)).rejects.toMatchObject(said('A2'));
      // It got there: the use is gone, and it is said by what.
      expect(await store.consume('A2', { ...use, recordId: 'R2' })).toMatchObject({
        kind: 'ended',
        request: { state: 'used', used: [use] },
      });
      // What can be asked again without harm is.
      path.cutNext('after');
      await expect(store.openRequest(requestOf('A3'), CAPS)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
      });
      expect(await store.openRequest(requestOf('A3'), CAPS)).toMatchObject({ kind: 'found' });
    } finally {
      path.close();
    }
  });

  it('waits no longer than its deadline for a server that does not answer', async () => {
    const { store } = open('patient');
    await store.openRequest(requestOf('A1'), CAPS);
    const { store: hasty } = open('hasty', { deadlineMs: 1_000 });
    await c1.kill('SIGSTOP');
    try {
      await expect(hasty.consume('A1', use)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    } finally {
      await c1.kill('SIGCONT');
    }
    expect((await store.find('A1'))?.state).toBe('open');
  });

  it('gives way when somebody else holds its row for longer', async () => {
    const { store } = open('patient');
    await store.openRequest(requestOf('A1'), CAPS);
    const { store: hasty } = open('hasty', { deadlineMs: 500 });
    const other = await c1.connect({ database });
    await other.query('BEGIN');
    await other.query('SELECT * FROM interlock_store FOR UPDATE');
    await expect(hasty.consume('A1', use)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await other.query('ROLLBACK');
    other.destroy();
    expect(await store.consume('A1', use)).toMatchObject({ kind: 'consumed' });
  });

  it('refuses a server that is read-only', async () => {
    await c1.execute('SET GLOBAL read_only = ON');
    try {
      await expect(open().store.find('A1')).rejects.toThrow(/it is read-only/);
    } finally {
      await c1.execute('SET GLOBAL read_only = OFF');
    }
  });
});
