// What an asynchronous failover of the control database forgets, on real servers: the use that the
// replica never got. It costs signatures, and lets nothing pass twice.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopReplication, untilCaughtUp } from '../../src/lab/replication.js';
import { CAPS, NOW_MS, requestOf, tokenOf } from '../approval/store-contract.js';
import { addControlAccount, openControl, placeOf } from '../support/control.js';
import { labWith } from '../support/lab.js';
import { WirePath } from '../support/wire-cut.js';

describe('a control database that fails over to a replica', () => {
  const stage = labWith({
    line: 'mariadb-10.11',
    servers: ['c1', 'c2'],
    links: [['c2', 'c1']],
  });
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interlock-failover-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('ends what was open, also for an Interlock that never saw the other server', async () => {
    const [c1, c2] = [stage.server('c1'), stage.server('c2')];
    await addControlAccount(c1);
    await c1.execute('CREATE DATABASE control1');
    const path = await WirePath.open(c1.port);
    const place = placeOf([{ host: '127.0.0.1', port: path.port }], 'control1', folder);
    const { store, warned } = openControl(place);
    const other = openControl({ ...place, marksFile: join(folder, 'other') }).store;
    try {
      const { id } = await store.identity();
      for (const name of ['A1', 'A2']) await store.openRequest(requestOf(name), CAPS);
      await store.addToken('A1', tokenOf('t1'));
      await untilCaughtUp({ consumer: c2, source: c1 });
      await stopReplication(c2);
      const use = { recordId: 'R1', usedMs: NOW_MS };
      expect(await store.consume('A1', use)).toMatchObject({ kind: 'consumed' });
      await c1.kill('SIGKILL');
      path.turnTo(c2.port);
      // The replica says that nothing was used.
      const [row] = await c2.query("SELECT state FROM control1.interlock_requests WHERE id = 'A1'");
      expect(row).toEqual({ state: 'open' });
      expect(await other.consume('A1', use)).toMatchObject({ kind: 'ended' });
      expect(await store.consume('A2', use)).toMatchObject({
        kind: 'ended',
        request: { state: 'restored' },
      });
      expect((await store.identity()).id).not.toBe(id);
      expect((await other.identity()).id).toBe((await store.identity()).id);
      expect(warned).toEqual([expect.stringContaining('may lose what it confirmed')]);
      await store.openRequest(requestOf('A3'), CAPS);
      expect(await other.consume('A3', use)).toMatchObject({ kind: 'consumed' });
    } finally {
      await store.close();
      await other.close();
      path.close();
    }
  });
});
