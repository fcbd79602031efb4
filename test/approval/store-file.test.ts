import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStoreFile } from '../../src/approval/store-file.js';

let folder: string;
const file = (): string => join(folder, 'store.db');
const mark = (): readonly string[] => readFileSync(`${file()}.mark`, 'utf8').trim().split(' ');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-store-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('store file', () => {
  it('confirms nothing that is not on disk', () => {
    const { db, close } = openStoreFile(file(), randomBytes);
    expect(db.pragma('synchronous')).toEqual([{ synchronous: 3 }]);
    expect(db.pragma('journal_mode')).toEqual([{ journal_mode: 'delete' }]);
    close();
  });

  it('takes both marks while a use is being committed, and one after it', () => {
    const store = openStoreFile(file(), randomBytes);
    const [old] = mark();
    store.db.exec('BEGIN IMMEDIATE');
    store.renewMark();
    expect(mark()).toEqual([old, expect.stringMatching(/^[0-9a-f]{32}$/)]);
    store.db.exec('COMMIT');
    store.settleMark();
    expect(mark()).toHaveLength(1);
    expect(mark()).not.toContain(old);
    store.close();
  });

  it('is the same store after a crash in the middle of a use, whichever way that went', () => {
    for (const end of ['COMMIT', 'ROLLBACK']) {
      const store = openStoreFile(file(), randomBytes);
      store.db.exec('BEGIN IMMEDIATE');
      store.renewMark();
      store.db.exec(end);
      store.close();
      const again = openStoreFile(file(), randomBytes);
      expect(again.identity.id, end).toBe(store.identity.id);
      again.close();
    }
  });

  it('is another store without its mark', () => {
    const store = openStoreFile(file(), randomBytes);
    store.close();
    rmSync(`${file()}.mark`);
    const again = openStoreFile(file(), randomBytes);
    expect(again.identity.id).not.toBe(store.identity.id);
    again.close();
  });

  it('notices that its path leads to another file', () => {
    const store = openStoreFile(file(), randomBytes);
    expect(store.isLinked()).toBe(true);
    rmSync(file());
    expect(store.isLinked()).toBe(false);
    store.close();
  });

  it('does not guess at the rows of another version', () => {
    const store = openStoreFile(file(), randomBytes);
    store.db.exec(`UPDATE meta SET value = '2' WHERE name = 'version'`);
    store.close();
    expect(() => openStoreFile(file(), randomBytes)).toThrow(/of version 2, this Interlock of 1/);
  });
});
