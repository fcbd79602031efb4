// The demo's stage on real servers: what its counts and checksums see, which every claim rests on.
import { pid } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checksumOf,
  everyoneHasWhat,
  putBack,
  rowsOf,
  type Stage,
  sellMore,
  setStage,
  severBothWays,
} from '../../src/demo/stage.js';
import { Lab } from '../../src/lab/lab.js';
import { channels } from '../../src/lab/replication.js';

describe('the demo’s stage', () => {
  let lab: Lab;
  let stage: Stage;

  beforeAll(async () => {
    lab = await Lab.open();
    stage = await setStage(lab, { version: 'test', pid }, () => undefined);
  });
  afterAll(async () => {
    await stage?.interlock.drain();
    await lab?.close();
  });

  const servers = () => [stage.db1, stage.db2, stage.replica1];
  const rows = () => Promise.all(servers().map(rowsOf));
  const checksums = () => Promise.all(servers().map(checksumOf));

  it('has the same rows on all three servers, and a dump that says where it stands', async () => {
    expect(await rows()).toEqual([20_600, 20_600, 20_600]);
    expect(new Set(await checksums()).size).toBe(1);
    expect(stage.dumpGtid).toMatch(/^\d+-\d+-\d+$/);
  });

  it('sees every row that is sold, and waits until all have it', async () => {
    const [before] = await checksums();
    await sellMore(stage.db1, 7);
    await everyoneHasWhat(stage);
    expect(await rows()).toEqual([20_607, 20_607, 20_607]);
    const after = await checksums();
    expect(new Set(after).size).toBe(1);
    expect(after[0]).not.toBe(before);
  });

  it('counts none where the shop is gone, and puts it back everywhere', async () => {
    await stage.db2.query('DROP DATABASE shop');
    await everyoneHasWhat(stage);
    expect(await rows()).toEqual([0, 0, 0]);
    await putBack(stage);
    expect(await rows()).toEqual([20_600, 20_600, 20_600]);
  });

  it('severs the pair both ways, and leaves the replica linked', async () => {
    await severBothWays(stage);
    const held = await Promise.all(servers().map(channels));
    expect(held.map(({ length }) => length)).toEqual([0, 0, 1]);
  });
});
