// An Interlock that is killed around the moment at which an approval is used: what was approved never
// runs twice, and is never lost without a word. By hand for longer: npm run races.
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusedWith } from '../support/approving.js';
import { addControlAccount } from '../support/control.js';
import type { RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';
import { ApprovalScene, STATEMENT } from './approval-scene.js';

const KILLS = Number(env.INTERLOCK_KILLS ?? 0);
const LATEST_MS = 120;
/** After the statement was sent. In CI always the same ones. */
const MOMENTS_MS =
  KILLS === 0 ? [0, 25] : Array.from({ length: KILLS / 2 }, () => randomInt(LATEST_MS));

type Fate = 'not used' | 'used and run' | 'used and lost, and said';

describe('an Interlock killed around a use', () => {
  const stage = labWith({ line: 'mariadb-10.11', servers: ['db1', 'c1'], gtid: false });
  let folder: string;
  let scene: ApprovalScene;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interlock-kills-'));
    const c1 = stage.server('c1');
    await addControlAccount(c1);
    await c1.execute('CREATE DATABASE control1');
    scene = await ApprovalScene.open(stage.server('db1'), folder);
  });
  afterAll(async () => {
    await scene?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['a file', () => './store.db'],
    ['a control database', () => scene.control([stage.server('c1')], 'control1')],
  ])(
    'never runs it twice, nor loses it without a word, with %s',
    async (name, store) => {
      const running = await scene.start(store());
      const fates: Fate[] = [];
      for (const moment of MOMENTS_MS) fates.push(await killedAt(running, moment));
      if (KILLS > 0) console.info(name, countsOf(fates));
      expect(fates).toHaveLength(MOMENTS_MS.length);
      await running.stop();
    },
    120_000 + KILLS * 20_000,
  );

  async function killedAt(running: RunningInterlock, momentMs: number): Promise<Fate> {
    const before = await scene.ran();
    const asker = await running.connect('db1');
    const { id, tokens } = await scene.approved(asker, running);
    const sent = asker.query(STATEMENT).then(
      () => true,
      () => false,
    );
    await sleep(momentMs);
    running.signal('SIGKILL');
    const wasAnswered = await sent;
    await running.exit();
    await running.startAgain();
    await expect.poll(() => scene.isQuiet()).toBe(true);
    const ranFirst = (await scene.ran()) - before;
    expect(ranFirst).toBeLessThanOrEqual(1);
    if (wasAnswered) expect(ranFirst).toBe(1);
    const client = await running.connect('db1');
    // The signatures themselves, presented again: they are for that request, and no more.
    await client.query(`SET @interlock_token = '${tokens.join(' ')}'`);
    const again = await client.query(STATEMENT).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const ran = (await scene.ran()) - before;
    client.destroy();
    expect(ran).toBeLessThanOrEqual(1);
    if (again === undefined) {
      expect(ranFirst).toBe(0);
      return 'not used';
    }
    const refused = await refusedWith(Promise.reject(again));
    expect(refused.id).not.toBe(id);
    expect(refused.message).toContain('its request has been used');
    const fresh = await running.connect('db1');
    const told = await refusedWith(fresh.query(STATEMENT));
    expect(told.message).toMatch(new RegExp(`${id} was used at \\d\\d:\\d\\d UTC \\(record`));
    fresh.destroy();
    return ran === 1 ? 'used and run' : 'used and lost, and said';
  }
});

function countsOf(fates: readonly Fate[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const fate of fates) counts[fate] = (counts[fate] ?? 0) + 1;
  return counts;
}
