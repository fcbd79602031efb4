// Drives a link through every state on one line of real servers. The verdict is measured against
// the data: where a DROP is refused the same DROP, made around Interlock, does reach the consumer;
// where it passes the consumer keeps its table, also when it is linked again.
import { env } from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServerLine } from '../../src/lab/lines.js';
import { startReplication, stopReplication, untilCaughtUp } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { addAccounts, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';
import { rowsIn } from './residue-scene.js';
import { closePath, STATE_CASES, type StateCase } from './states-cases.js';
import {
  forgetSources,
  link,
  passes,
  refusal,
  type Scene,
  shown,
  tableOnAll,
  untilGone,
  untilState,
  ways,
} from './states-scene.js';

export function describeStates(line: ServerLine): void {
  describe(`every state of a link on ${line}`, () => {
    const stage = labWith({ line, servers: ['db1', 'db2', 'db3'], gtid: false });
    let interlock: RunningInterlock;
    const scene = (): Scene => {
      const [db1, db2, db3] = ['db1', 'db2', 'db3'].map(stage.server);
      if (db1 === undefined || db2 === undefined || db3 === undefined) throw new Error('no lab');
      return { line, db1, db2, db3, interlock };
    };
    const all = (): readonly LabServer[] => [scene().db1, scene().db2, scene().db3];

    beforeAll(async () => {
      const { db1, db2, db3 } = scene();
      await addAccounts([db1, db2, db3]);
      interlock = await RunningInterlock.start({
        guarded: [db1, db2],
        watched: [db3],
        more: ['links: { freshness: 0s, deadline: 5s }'],
      });
    });
    afterAll(() => interlock?.stop());
    afterEach(async () => {
      closePath();
      for (const server of all()) await forgetSources(server);
    });

    const isWhole = line === 'mariadb-10.11' || env.INTERLOCK_STATES === 'all';
    const cases = STATE_CASES.filter(
      ({ on, isSlow = false }) => (on === undefined || on.includes(line)) && (isWhole || !isSlow),
    );
    const named = cases.map((each) => [each.states.join(' or '), each.name, each] as const);
    it.each(named)('is %s: %s', async (_states, _name, each: StateCase) => {
      const { db1, db2 } = scene();
      await link(db1, db2);
      await untilState(scene(), ['db2', 'db1'], ['live']);
      const table = await tableOnAll(all());
      await each.arrange(scene());
      const { state } = await untilState(scene(), ['db2', 'db1'], each.states);
      const drop = `DROP TABLE ${table}`;
      if (state === 'severed') {
        await passes(interlock, 'db2', drop);
      } else {
        expect(await refusal(interlock, 'db2', drop)).toContain(`db1 (${state}`);
        await db2.query(drop);
      }
      await each.goOn(scene());
      if (state !== 'severed') return await untilGone(db1, table);
      await untilCaughtUp({ consumer: db1, source: db2 });
      expect([await rowsIn(db1, table), await rowsIn(db2, table)]).toEqual([1, -1]);
    });

    it('reaches through a chain, and a stopped end arms only that end', async () => {
      const { db1, db2, db3 } = scene();
      await link(db1, db2);
      await link(db3, db1);
      await untilState(scene(), ['db1', 'db3'], ['live']);
      await stopReplication(db3);
      const table = await tableOnAll(all());
      const drop = `DROP TABLE ${table}`;
      expect(await ways(interlock, 'db2')).toEqual(['db2 → db1 live', 'db2 → db1 → db3 armed']);
      expect(await refusal(interlock, 'db2', drop)).toMatch(/db1 \(live.*db3 \(armed/);
      await db2.query(drop);
      await untilGone(db1, table);
      expect(await rowsIn(db3, table)).toBe(1);
      await startReplication(db3);
      await untilGone(db3, table);
    });

    it('goes round a ring of three once', async () => {
      const { db1, db2, db3 } = scene();
      await link(db1, db2);
      await link(db3, db1);
      await link(db2, db3);
      await untilState(scene(), ['db3', 'db2'], ['live']);
      const table = await tableOnAll(all());
      expect(await ways(interlock, 'db2')).toEqual(['db2 → db1 live', 'db2 → db1 → db3 live']);
      expect(await ways(interlock, 'db1')).toEqual(['db1 → db3 live', 'db1 → db3 → db2 live']);
      const drop = `DROP TABLE ${table}`;
      expect(await refusal(interlock, 'db1', drop)).toMatch(
        /db2 \(live.*db3 \(live|db3 \(live.*db2 \(live/,
      );
      await db1.query(drop);
      await untilGone(db3, table);
      await untilGone(db2, table);
    });

    it('knows a stranger by its thread, and lets a declared reader be', async () => {
      const { db1, db2, db3 } = scene();
      await link(db3, db2);
      const slow = 'links: { freshness: 1s, deadline: 5s }';
      const plan = { guarded: [db2], watched: [db1], more: [slow] };
      const stranger = await RunningInterlock.start(plan);
      const seen = await untilState({ interlock: stranger }, ['db2', 'stranger'], ['live']);
      const ids = seen.threads.map(({ threadId }) => threadId).filter((id) => id !== undefined);
      expect(seen.reason).toContain(`KILL ${ids[0]}`);
      const table = await tableOnAll(all());
      const drop = `DROP TABLE ${table}`;
      expect(await refusal(stranger, 'db2', drop)).toContain('stranger (live');
      await stranger.stop();
      await db2.query(drop);
      await untilGone(db3, table);

      const readers = [`readers: [{ server: db2, serverId: ${db3.serverId} }]`];
      const declared = await RunningInterlock.start({ ...plan, more: [slow, ...readers] });
      const { links } = await shown(declared);
      expect(links.find(({ consumer }) => consumer === 'stranger')).toMatchObject({ reader: true });
      const other = await tableOnAll([db2]);
      await passes(declared, 'db2', `DROP TABLE ${other}`);
      await declared.stop();
    });

    it('is in the relay log alone: stopped, its source purged, the drop is still applied', async () => {
      const { db1, db2 } = scene();
      await link(db1, db2);
      await untilState(scene(), ['db2', 'db1'], ['live']);
      const table = await tableOnAll(all());
      await stopReplication(db1, { thread: 'sql' });
      await db2.query(`DROP TABLE ${table}`);
      await untilReceived(scene());
      await stopReplication(db1);
      await db2.query('FLUSH LOGS');
      const [last] = (await db2.query('SHOW BINARY LOGS')).slice(-1);
      await db2.query(`PURGE BINARY LOGS TO '${String(last?.Log_name)}'`);
      await untilState(scene(), ['db2', 'db1'], ['armed']);
      const startSql = `START ${line === 'mysql-9' ? 'REPLICA' : 'SLAVE'} SQL_THREAD`;
      expect(await refusal(interlock, 'db1', startSql)).toContain('db2');
      await db1.query(startSql);
      await untilGone(db1, table);
    });

    // The last one, so that nothing needs the setting put back.
    it('does not reach beyond a server that passes nothing on', async () => {
      const { db1, db2, db3 } = scene();
      const off = line === 'mysql-9' ? '--log-replica-updates=OFF' : '--skip-log-slave-updates';
      await db1.restart([off]);
      await link(db1, db2);
      await link(db3, db1);
      await untilState(scene(), ['db1', 'db3'], ['live']);
      const table = await tableOnAll(all());
      expect(await ways(interlock, 'db2')).toEqual(['db2 → db1 live']);
      await db2.query(`DROP TABLE ${table}`);
      await untilGone(db1, table);
      await db1.query('CREATE DATABASE IF NOT EXISTS marks');
      await untilCaughtUp({ consumer: db3, source: db1 });
      expect(await rowsIn(db3, table)).toBe(1);
    });
  });
}

/** The consumer's I/O thread has all that the source has logged. */
async function untilReceived({ db1, db2 }: Scene): Promise<void> {
  await expect
    .poll(
      async () => {
        const rows = await db1.query(
          db1.line === 'mysql-9' ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS',
        );
        const coordinates = await db2.query(
          db1.line === 'mysql-9' ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS',
        );
        const read = rows[0]?.Read_Source_Log_Pos ?? rows[0]?.Read_Master_Log_Pos;
        return Number(read) - Number(coordinates[0]?.Position);
      },
      { timeout: 20_000, interval: 50 },
    )
    .toBe(0);
}
