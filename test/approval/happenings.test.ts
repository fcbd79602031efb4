import { expect, it } from 'vitest';
import { Happenings } from '../../src/approval/happenings.js';
import { Scene } from './scene.js';

it('counts what happened though it cannot be recorded, and says so', async () => {
  const counted: string[] = [];
  const warned: unknown[] = [];
  const happenings = new Happenings({
    clock: { now: () => 0, monotonic: () => 0 },
    count: (result) => void counted.push(result),
    glassBroken: (server) => void counted.push(server),
    record: () => Promise.reject(new Error('disk full')),
    warn: (_, fields) => void warned.push(fields),
  });
  await happenings.tell({ event: 'used', request: { id: 'A1' }, record: 'R1' });
  expect(counted).toEqual(['used']);
  expect(warned).toEqual([{ request: 'A1', event: 'used', reason: 'disk full' }]);
});

it('is loud when a sealed key was enough: counted by server, and a line for people', async () => {
  const scene = await Scene.open();
  const counted: string[] = [];
  const warned: unknown[] = [];
  const happenings = new Happenings({
    clock: { now: () => 0, monotonic: () => 0 },
    count: () => undefined,
    glassBroken: (server) => void counted.push(server),
    record: () => Promise.resolve(),
    warn: (message, fields) => void warned.push([message, fields]),
  });
  happenings.glassBroken(await scene.request(), 'night', 'R1');
  expect(counted).toEqual(['db2']);
  expect(warned).toEqual([
    [
      expect.stringContaining('BREAK-GLASS'),
      {
        server: 'db2',
        request: 'A1',
        record: 'R1',
        key: 'night',
        user: 'dba',
        address: '10.0.0.5',
      },
    ],
  ]);
});
