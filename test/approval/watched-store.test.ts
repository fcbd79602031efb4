// A watched store, on a real file: what is told of it while nobody asks. Its answers and failures are
// the store's own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedStore } from '../../src/approval/embedded-store.js';
import { WatchedStore } from '../../src/approval/watched-store.js';
import { CAPS, requestOf, storeContract } from './store-contract.js';

let folder: string;
let opened: WatchedStore[] = [];
let lines: string[] = [];
let usable: boolean[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-watched-'));
  lines = [];
  usable = [];
});
afterEach(async () => {
  for (const store of opened) await store.close();
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});

function open(periodMs?: number): WatchedStore {
  return watched(new EmbeddedStore(join(folder, 'place', 'store.db')), periodMs);
}

function watched(inner: EmbeddedStore, periodMs?: number): WatchedStore {
  const line = (_: object, message: string): void => void lines.push(message);
  const store = new WatchedStore(inner, {
    log: { info: line, error: line },
    usable: (isUsable) => void usable.push(isUsable),
    ...(periodMs === undefined ? {} : { periodMs }),
  });
  opened.push(store);
  return store;
}

describe('a watched store', () => {
  storeContract(async () => open());

  it('tells by itself when it can be used no more, and when again', async () => {
    const place = join(folder, 'place');
    open(5);
    await expect.poll(() => lines).toEqual(['the store of approvals can be used']);
    rmSync(place, { recursive: true });
    writeFileSync(place, 'no folder');
    await expect.poll(() => usable.at(-1)).toBe(false);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe('nothing can be approved until its store can be used');
    rmSync(place);
    mkdirSync(place);
    await expect.poll(() => usable.at(-1)).toBe(true);
    expect(lines).toHaveLength(3);
  });

  it('tells of what it is asked between two looks', async () => {
    writeFileSync(join(folder, 'place'), 'no folder');
    const store = open();
    await expect(store.openRequest(requestOf('A1'), CAPS)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(usable.at(-1)).toBe(false);
    rmSync(join(folder, 'place'));
    await store.openRequest(requestOf('A1'), CAPS);
    expect(usable.at(-1)).toBe(true);
  });

  it('waits for something written where that failed, whatever can be read', async () => {
    const inner = new EmbeddedStore(join(folder, 'store.db'));
    const store = watched(inner);
    await expect.poll(() => usable.at(-1)).toBe(true);
    const holder = new Database(join(folder, 'store.db'));
    // Nobody else can write, everybody can read.
    holder.exec('BEGIN IMMEDIATE');
    await expect(store.openRequest(requestOf('A1'), CAPS)).rejects.toThrow('locked');
    expect(usable.at(-1)).toBe(false);
    await expect(store.listOpen()).resolves.toEqual([]);
    expect(usable.at(-1)).toBe(false);
    holder.exec('ROLLBACK');
    holder.close();
    await store.tryChange();
    expect(usable.at(-1)).toBe(true);
  });

  it('tells nothing once it is closed', async () => {
    const store = open(1);
    await expect.poll(() => usable.length).toBeGreaterThan(1);
    await store.close();
    const told = usable.length;
    await expect(store.find('A1')).resolves.toBeUndefined();
    expect(usable).toHaveLength(told);
  });
});
