import { expect, it } from 'vitest';
import { EmbeddedStore } from '../../src/approval/embedded-store.js';
import { openStore } from '../../src/approval/open-store.js';

it('opens a file’s store without touching the disk', () => {
  expect(openStore({ kind: 'file', file: '/nowhere/store.db' })).toBeInstanceOf(EmbeddedStore);
});

it('says that a server’s store is not there yet', () => {
  const place = { kind: 'server', host: 'c1', port: 3306, database: 'd', user: 'u' } as const;
  expect(() => openStore(place)).toThrow(/c1:3306/);
});
