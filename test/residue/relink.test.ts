import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { relinkAsk, relinkResidue } from '../../src/residue/relink.js';
import type { StatementEffect } from '../../src/sql/effect.js';
import type { Picture } from '../../src/topology/snapshot.js';
import { effectOf, factsOf } from '../policy/facts.js';
import { answered, linkOf, mariadb, pictureWith, STOPPED_CHANNEL } from '../topology/views.js';
import { type Event, gtid, UUID } from './logs.js';
import { endOf, residuesOver } from './scene.js';

const LOG: Event[] = [gtid(1), ['Query', 'DROP TABLE app.t', 2]];
const DOMAINS: Event[] = [
  ['Gtid_list', '[0-2-4]'],
  ['Gtid', 'GTID 0-2-5', 2],
  ['Query', 'DROP TABLE app.t', 2],
];
const CHANNEL = { ...STOPPED_CHANNEL, byGtid: true };

async function judged(
  text: string,
  picture: Picture,
  log = LOG,
  more: readonly StatementEffect[] = [],
) {
  const { residues } = residuesOver({ db1: [], db2: log });
  const arrivedMs = systemClock.monotonic();
  const relink = effectOf({ effect: 'relink', verb: text.split(' ', 2).join(' ') });
  const effects = [...more, relink];
  const question = {
    requester: { ...factsOf().requester, server: 'db1' },
    text: Buffer.from(text),
    facts: { effects },
  };
  return await relinkResidue(residues, relinkAsk({ question, picture, arrivedMs }, 1_000));
}

const views = [answered('db1'), answered('db2', { coordinates: endOf(LOG) })];
const severed = pictureWith([linkOf('db2', 'db1', 'severed')], views);
const held = pictureWith(
  [{ ...linkOf('db2', 'db1', 'armed'), channel: CHANNEL }],
  [answered('db1', { channels: [CHANNEL] }), answered('db2', { coordinates: endOf(LOG) })],
);

describe('a relink', () => {
  it('is judged on what the channels that it starts would replay', async () => {
    expect(await judged('START REPLICA', held)).toMatchObject({
      state: 'some',
      pairs: [{ source: 'db2', consumer: 'db1', count: 1 }],
    });
    expect(await judged('START REPLICA', severed)).toEqual({ state: 'none', pairs: [] });
  });

  it('is judged on the source that CHANGE names, from where it would begin', async () => {
    const to = "CHANGE REPLICATION SOURCE TO SOURCE_HOST='10.0.0.2', SOURCE_PORT=3306";
    expect((await judged(`${to}, SOURCE_AUTO_POSITION=1`, severed)).state).toBe('some');
    expect((await judged(to, severed)).state).toBe('some');
    const behind = "SOURCE_LOG_FILE='binlog.000001', SOURCE_LOG_POS=24";
    expect((await judged(`${to}, ${behind}`, severed)).state).toBe('none');
    const before = "SOURCE_LOG_FILE='binlog.000001', SOURCE_LOG_POS=4";
    expect((await judged(`${to}, ${before}`, severed)).state).toBe('some');
    expect((await judged(`${to}, ${behind}; START REPLICA`, held)).state).toBe('none');
  });

  it('is unknown where the source is no configured server', async () => {
    const to = "CHANGE MASTER TO MASTER_HOST='10.9.9.9'";
    const found = await judged(to, severed);
    expect(found.state).toBe('unknown');
    expect(found.pairs[0]?.doubts[0]).toContain('10.9.9.9:3306 is no server of the configuration');
    const other = { ...CHANNEL, sourceHost: '10.9.9.9' };
    const unlisted = pictureWith([], [answered('db1', { channels: [other] }), answered('db2')]);
    expect((await judged('START REPLICA', unlisted)).state).toBe('unknown');
  });

  it('is the worst it may mean where the text is not plain', async () => {
    expect((await judged('CHANGE MASTER /* x */ TO …', severed)).state).toBe('some');
    expect((await judged('START GROUP_REPLICATION', severed)).state).toBe('some');
  });

  it('sees what the same text sets before', async () => {
    const at = { slavePos: '0-2-4', skipCounter: 0 };
    const channels = [CHANNEL];
    const two = mariadb('db2', { coordinates: endOf(DOMAINS) });
    const picture = pictureWith(
      [{ ...linkOf('db2', 'db1', 'armed'), channel: CHANNEL }],
      [mariadb('db1', { channels, gtids: at }), two],
    );
    expect((await judged('START SLAVE', picture, DOMAINS)).state).toBe('some');
    const skipped = 'SET GLOBAL sql_slave_skip_counter=1; START SLAVE';
    expect((await judged(skipped, picture, DOMAINS)).state).toBe('none');
    const moved = "SET GLOBAL gtid_slave_pos='0-2-5'";
    expect((await judged(moved, picture, DOMAINS)).state).toBe('none');
    const back = "SET GLOBAL gtid_slave_pos='0-2-4'";
    expect((await judged(back, picture, DOMAINS)).state).toBe('some');
  });

  it('has executed nothing in a text that makes its server forget', async () => {
    const gtids = { executed: `${UUID}:1`, skipCounter: 0 };
    const two = answered('db2', { coordinates: endOf(LOG) });
    const one = answered('db1', { channels: [CHANNEL], gtids });
    const picture = pictureWith(
      [{ ...linkOf('db2', 'db1', 'armed'), channel: CHANNEL }],
      [one, two],
    );
    const reset = effectOf({ effect: 'destroy-history', verb: 'RESET MASTER' });
    expect((await judged('START REPLICA', picture)).state).toBe('none');
    expect((await judged('START REPLICA', picture, LOG, [reset])).state).toBe('some');
    const renamed = 'SET GLOBAL server_id = 7; START REPLICA';
    expect((await judged(renamed, picture)).state).toBe('some');
  });

  it('has executed what it has: nothing is left to refuse', async () => {
    const gtids = { executed: `${UUID}:1`, skipCounter: 0 };
    const done = pictureWith(
      [{ ...linkOf('db2', 'db1', 'armed'), channel: CHANNEL }],
      [
        answered('db1', { channels: [CHANNEL], gtids }),
        answered('db2', { coordinates: endOf(LOG) }),
      ],
    );
    expect((await judged('START REPLICA', done)).state).toBe('none');
    expect((await judged('RESET REPLICA', done)).state).toBe('none');
  });
});
