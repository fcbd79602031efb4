import { describe, expect, it } from 'vitest';
import { NO_GTIDS } from '../../src/residue/gtid-set.js';
import { planOf } from '../../src/residue/relink-plan.js';
import type { Standing } from '../../src/residue/standing.js';
import type { ConsumerChannel, Picture, ServerAnswer } from '../../src/topology/snapshot.js';
import {
  answered,
  channelFrom,
  linkOf,
  mariadb,
  pictureWith,
  STOPPED,
  silent,
} from '../topology/views.js';

const STANDING: Standing = { serverId: 1, by: 'gtid', executed: NO_GTIDS, skipsOne: false };
const SKIP = 'SET GLOBAL sql_slave_skip_counter = 1';

const stopped = (source: string, name: string, file = 'binlog.000009'): ConsumerChannel =>
  channelFrom(source, {
    ...{ ...STOPPED, name, byGtid: false },
    executed: { file, position: 4 },
  });

const twoChannels = [stopped('db2', 'near'), stopped('db3', 'far')];

function planned(text: string, picture: Picture, verbs: readonly string[] = ['START SLAVE']) {
  const { targets, strangers } = planOf({ server: 'db1', text, verbs, picture });
  return {
    strangers,
    sources: targets.map(({ source }) => source),
    standings: targets.map(({ as }) => as(STANDING)),
  };
}

function seen(db1: ServerAnswer, ...others: readonly ServerAnswer[]): Picture {
  return pictureWith([], [db1, answered('db2'), answered('db3'), ...others]);
}

describe('a plan of what a text links', () => {
  const holding = seen(answered('db1', { channels: twoChannels }));

  it('starts the named channel, whatever the case of its name', () => {
    expect(planned("START REPLICA FOR CHANNEL 'far'", holding).sources).toEqual(['db3']);
    expect(planned("START REPLICA FOR CHANNEL 'FAR'", holding).sources).toEqual(['db3']);
    expect(planned('START REPLICA', holding).sources).toEqual(['db2', 'db3']);
  });

  it('may start any of them by a name that is none of theirs', () => {
    expect(planned("START SLAVE 'far '", holding).sources).toEqual(['db2', 'db3']);
    expect(planned("START SLAVE 'né'", holding).sources).toEqual(['db2', 'db3']);
  });

  it('may start anything where its server is silent', () => {
    const away = pictureWith([], [silent('db1'), answered('db2'), answered('db3')]);
    expect(planned("START SLAVE 'near'", away).sources).toEqual(['db2', 'db3']);
  });

  it('has each channel go on from its own place, two of one source too', () => {
    const channels = [stopped('db2', '', 'binlog.000009'), stopped('db2', 'old', 'binlog.000001')];
    const { sources, standings } = planned('START REPLICA', seen(answered('db1', { channels })));
    expect(sources).toEqual(['db2', 'db2']);
    expect(standings.map(({ place }) => place)).toEqual([
      { file: 'binlog.000009', position: 4 },
      { file: 'binlog.000001', position: 4 },
    ]);
  });

  it('leaves the standing of the channel that the link stands for as it is', () => {
    const [near] = twoChannels;
    if (near === undefined) throw new Error('no channel');
    const link = { ...linkOf('db2', 'db1', 'armed'), channel: near };
    const views = [answered('db1', { channels: twoChannels }), answered('db2'), answered('db3')];
    const { standings } = planned('START REPLICA', pictureWith([link], views));
    expect(standings[0]).toBe(STANDING);
    expect(standings[1]?.place).toEqual({ file: 'binlog.000009', position: 4 });
  });

  it('turns to those that its failover list names', () => {
    const failoverSources = [{ channel: 'near', host: '10.0.0.3', port: 3306 }];
    const picture = seen(answered('db1', { channels: twoChannels.slice(0, 1), failoverSources }));
    expect(planned("START REPLICA FOR CHANNEL 'near'", picture).sources).toEqual(['db2', 'db3']);
  });

  it('goes on in clusters only where all of it does', () => {
    const group = pictureWith([linkOf('db3', 'db1', 'live')], [answered('db1'), answered('db3')]);
    expect(planned('RESTART', group).sources).toEqual(['db3']);
    expect(planned("START SLAVE ''", group).sources).toEqual([]);
  });

  it('skips only where no other connection could be the one that skips', () => {
    const text = `${SKIP}; START SLAVE 'far'`;
    const skips = (db1: ServerAnswer) => planned(text, seen(db1)).standings[0]?.skipsOne;
    expect(skips(mariadb('db1', { channels: twoChannels }))).toBe(false);
    expect(skips(mariadb('db1', { channels: twoChannels.slice(1) }))).toBe(true);
    expect(skips(answered('db1', { channels: twoChannels }))).toBe(true);
  });

  it('changes any connection without a name where MariaDB has others', () => {
    const text = "CHANGE MASTER TO MASTER_LOG_FILE='binlog.000001', MASTER_LOG_POS=4";
    const channels = [stopped('db2', ''), stopped('db3', 'far')];
    const sourcesOf = (db1: ServerAnswer) => planned(text, seen(db1)).sources;
    expect(sourcesOf(mariadb('db1', { channels }))).toEqual(['db2', 'db3']);
    expect(sourcesOf(mariadb('db1', { channels: channels.slice(0, 1) }))).toEqual(['db2']);
  });

  it('counts nothing as executed in a text that makes its server forget', () => {
    const { targets } = planOf({
      ...{ server: 'db1', text: 'START REPLICA', verbs: ['START SLAVE'] },
      ...{ picture: seen(answered('db1', { channels: twoChannels })), forgets: true },
    });
    expect(targets[0]?.as(STANDING).serverId).toBe(-1);
  });
});
