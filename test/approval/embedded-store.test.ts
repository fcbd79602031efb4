import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { EmbeddedStore } from '../../src/approval/embedded-store.js';
import { CAPS, NOW_MS, requestOf, storeContract, tokenOf } from './store-contract.js';
import { buildStoreDriver } from './store-process.js';

let folder: string;
let opened: EmbeddedStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-store-'));
});

afterEach(async () => {
  for (const store of opened) await store.close();
  opened = [];
  rmSync(folder, { recursive: true });
});

const file = (): string => join(folder, 'deeper', 'store.db');

function open(): EmbeddedStore {
  const store = new EmbeddedStore(file());
  opened.push(store);
  return store;
}

describe('embedded store', () => {
  storeContract(async () => open());

  it('is for the eyes of its own account only', async () => {
    await open().openRequest(requestOf('A1'), CAPS);
    for (const name of ['store.db', 'store.db.mark']) {
      expect(statSync(join(folder, 'deeper', name)).mode & 0o777, name).toBe(0o600);
    }
  });

  it('gives each use to exactly one of four processes', { timeout: 60_000 }, async () => {
    const built = buildStoreDriver();
    onTestFinished(() => rmSync(built.folder, { recursive: true, force: true }));
    await open().openRequest(requestOf('A1', { uses: 3 }), CAPS);
    const racers = ['P1', 'P2', 'P3', 'P4'].map((name) =>
      spawn(execPath, [built.driver, file(), name, String(NOW_MS)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const said = racers.map(({ stdout }) => createInterface(stdout)[Symbol.asyncIterator]());
    for (const lines of said) expect((await lines.next()).value).toBe('ready');
    for (const { stdin } of racers) stdin.write('go');
    const won = await Promise.all(said.map(async (lines) => (await lines.next()).value));
    expect(won.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0)).toBe(3);
    expect(await open().find('A1')).toMatchObject({ state: 'used' });
  });

  it('opens while somebody else reads', async () => {
    await open().openRequest(requestOf('A1'), CAPS);
    const reader = new Database(file());
    onTestFinished(() => {
      reader.close();
    });
    reader.exec('BEGIN');
    reader.prepare('SELECT COUNT(*) FROM requests').all();
    expect(await open().find('A1')).toMatchObject({ state: 'open' });
  });

  it('honours nothing of a copy from before a use', async () => {
    const store = open();
    const { id } = await store.identity();
    await store.openRequest(requestOf('A1'), CAPS);
    await store.addToken('A1', tokenOf('t1'));
    await store.close();
    copyFileSync(file(), `${file()}.copy`);
    const use = { recordId: 'R1', usedMs: NOW_MS };
    expect(await store.consume('A1', use)).toMatchObject({ kind: 'consumed' });
    await store.close();
    copyFileSync(`${file()}.copy`, file());
    expect(await store.find('A1')).toMatchObject({ state: 'restored' });
    expect(await store.consume('A1', use)).toMatchObject({ kind: 'ended' });
    expect((await store.identity()).id).not.toBe(id);
  });

  it('keeps what is open through a restart', async () => {
    const store = open();
    const before = await store.identity();
    await store.openRequest(requestOf('A1'), CAPS);
    await store.openRequest(requestOf('A2'), CAPS);
    await store.consume('A2', { recordId: 'R1', usedMs: NOW_MS });
    await store.close();
    expect(await store.find('A1')).toMatchObject({ state: 'open' });
    expect(await store.identity()).toEqual(before);
  });

  it('begins anew where the file was taken away under it', async () => {
    const store = open();
    const { id } = await store.identity();
    await store.openRequest(requestOf('A1'), CAPS);
    rmSync(join(folder, 'deeper'), { recursive: true });
    expect(await store.find('A1')).toBeUndefined();
    expect((await store.identity()).id).not.toBe(id);
  });

  it('says which file it cannot use', async () => {
    await open().identity();
    await open().close();
    writeFileSync(join(folder, 'other.db'), 'this is no database, whatever its name says');
    const other = new EmbeddedStore(join(folder, 'other.db'));
    await expect(other.find('A1')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('other.db cannot be used'),
    });
    const under = new EmbeddedStore(join(folder, 'other.db', 'store.db'));
    await expect(under.find('A1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('forgets what ended long ago, and never what is open', async () => {
    const store = open();
    await store.openRequest(requestOf('A1'), CAPS);
    await store.openRequest(requestOf('A2', { endsMs: NOW_MS * 2 }), CAPS);
    await store.addToken('A1', tokenOf('t1'));
    await store.consume('A1', { recordId: 'R1', usedMs: NOW_MS });
    await store.expire(NOW_MS + 31 * 24 * 3_600_000);
    expect(await store.find('A1')).toBeUndefined();
    expect(await store.find('A2')).toMatchObject({ state: 'open' });
  });
});
