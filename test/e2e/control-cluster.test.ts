// The control database as a cluster: the contract of every store with each store on another member,
// and Interlocks whose approvals go on when a member is lost. Always on a Galera cluster; by hand on a
// replication group too: npm run races.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalStore } from '../../src/approval/store.js';
import { messageOf } from '../../src/errors.js';
import type { Lab } from '../../src/lab/lab.js';
import type { LabServer } from '../../src/lab/server.js';
import { CAPS, NOW_MS, requestOf, storeContract } from '../approval/store-contract.js';
import { refusedWith } from '../support/approving.js';
import { addControlAccount, openControl, placeOf } from '../support/control.js';
import { startGalera, untilSynced } from '../support/galera.js';
import { startGroup } from '../support/group.js';
import { labFor } from '../support/lab.js';
import { ApprovalScene, STATEMENT } from './approval-scene.js';

const USE = { recordId: 'R1', usedMs: NOW_MS };
/** A cluster takes seconds to see that a member is gone, and a busy machine more. */
const SLOW = { timeout: 90_000 };

/** In each of them c2 can be lost: of two in Galera c1 outvotes it. */
const CLUSTERS = {
  Galera: (lab: Lab) => startGalera(lab, { names: ['c1', 'c2'] }),
  group: (lab: Lab) => startGroup(lab, ['c1', 'c2', 'c3']),
} as const;
const KINDS: readonly (keyof typeof CLUSTERS)[] =
  env.INTERLOCK_RACES === undefined ? ['Galera'] : ['Galera', 'group'];

describe.each(KINDS)('a control database in a cluster (%s)', (kind) => {
  const stage = labFor(async (lab) => {
    const db1 = lab.start({ line: 'mariadb-10.11', name: 'db1' });
    await Promise.all([db1, CLUSTERS[kind](lab)]);
    await addControlAccount(lab.server('c1'));
  });
  const opened: ApprovalStore[] = [];
  let folder: string;
  let scene: ApprovalScene | undefined;
  let members: readonly LabServer[];
  let database = '';
  let made = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interlock-cluster-'));
  });
  afterAll(async () => {
    await scene?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    made += 1;
    database = `control${made}`;
    members = [stage.server('c1'), stage.server('c2')];
    await members[0]?.execute(`CREATE DATABASE ${database}`);
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  /** Each on the other member than the one before, and on another machine. */
  const open = (): ApprovalStore => {
    const own = opened.length % 2 === 0 ? members : members.toReversed();
    const marksFile = join(folder, `${database}.${opened.length}`);
    const { store } = openControl({ ...placeOf(own, database, folder), marksFile });
    opened.push(store);
    return store;
  };

  describe('as every store', () => {
    storeContract(async () => open());
  });

  it('gives every use once, whichever members are asked', async () => {
    const stores = Array.from({ length: 4 }, open);
    await stores[0]?.openRequest(requestOf('A1', { uses: 10 }), CAPS);
    const taken = await Promise.all(
      stores.flatMap((store, one) =>
        Array.from({ length: 8 }, (_, n) =>
          store.consume('A1', { recordId: `R${one}.${n}`, usedMs: NOW_MS }),
        ),
      ),
    );
    expect(taken.filter(({ kind }) => kind === 'consumed')).toHaveLength(10);
    expect((await stores[1]?.find('A1'))?.used).toHaveLength(10);
  });

  // A member of a group that was expelled does not come back by itself.
  if (kind === 'Galera') {
    it('is no use at a member outside its cluster, and goes on at the others', isolateAndRejoin);
  }

  it('loses a member, and approvals go on', async () => {
    const [c1, c2] = [stage.server('c1'), stage.server('c2')];
    scene = await ApprovalScene.open(stage.server('db1'), folder);
    // The first of them is on the member that will be lost.
    const one = await scene.start(scene.control([c2, c1], database));
    const other = await scene.start(scene.control([c1, c2], database));
    const [client, another] = [await one.connect('db1'), await other.connect('db1')];
    const before = await scene.approved(client, other);
    await c2.kill('SIGKILL');
    await client.query(STATEMENT);
    expect(await scene.ran()).toBe(1);
    expect((await refusedWith(another.query(STATEMENT))).message).toContain(
      `${before.id} was used`,
    );
    const after = await scene.approved(client, one);
    const ends = await Promise.allSettled([client, another].map((each) => each.query(STATEMENT)));
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await scene.ran()).toBe(2);
    expect(after.id).not.toBe(before.id);
    expect(one.log).not.toContain('what was open has ended');
  });

  async function isolateAndRejoin(): Promise<void> {
    const [c1, c2] = [stage.server('c1'), stage.server('c2')];
    const openAt = (...servers: readonly LabServer[]): ApprovalStore => {
      const { store } = openControl(placeOf(servers, database, folder));
      opened.push(store);
      return store;
    };
    const [alone, both] = [openAt(c2), openAt(c2, c1)];
    await alone.openRequest(requestOf('A1', { uses: 2 }), CAPS);
    expect(await both.consume('A1', USE)).toMatchObject({ kind: 'consumed' });
    await c2.execute("SET GLOBAL wsrep_provider_options = 'gmcast.isolate=1'");
    const says = (): Promise<string> => alone.find('A1').then(() => 'it answers', messageOf);
    await expect.poll(says, SLOW).toMatch(/its cluster is non-Primary/i);
    await expect(alone.consume('A1', USE)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await both.consume('A1', USE)).toMatchObject({ kind: 'consumed', usesLeft: 0 });
    await c2.execute("SET GLOBAL wsrep_provider_options = 'gmcast.isolate=0'");
    await untilSynced([c1, c2], SLOW.timeout);
    await expect.poll(says, SLOW).toBe('it answers');
    expect(await alone.find('A1')).toMatchObject({ state: 'used' });
  }
});
