import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { answered, linkOf, pictureWith, STOPPED_CHANNEL, silent } from '../topology/views.js';
import { type Event, gtid, UUID } from './logs.js';
import { endOf, residuesOver } from './scene.js';

const LOG: Event[] = [gtid(1), ['Query', 'DROP TABLE app.t', 2]];
const soon = () => systemClock.monotonic() + 1_000;

function pictureOf(executed: string) {
  const db1 = answered('db1', { gtids: { executed, skipCounter: 0 }, coordinates: endOf([]) });
  const db2 = answered('db2', {
    gtids: { executed: `${UUID}:1`, skipCounter: 0 },
    coordinates: endOf(LOG),
  });
  return pictureWith(
    [linkOf('db2', 'db1', 'severed'), linkOf('db1', 'db2', 'severed')],
    [db1, db2],
  );
}

describe('residues', () => {
  it('are told for every ordered pair once the logs are read', async () => {
    const { residues } = residuesOver({ db1: [], db2: LOG });
    const picture = pictureOf('');
    expect(residues.all(picture).map(({ state }) => state)).toEqual(['unknown', 'unknown']);
    await residues.catchUp(picture, ['db1', 'db2'], soon());
    const told = residues.all(picture).map(({ source, state, count }) => [source, state, count]);
    expect(told).toEqual([
      ['db1', 'none', 0],
      ['db2', 'some', 1],
    ]);
  });

  it('are none once the consumer has executed them', async () => {
    const { residues } = residuesOver({ db1: [], db2: LOG });
    const picture = pictureOf(`${UUID}:1`);
    await residues.catchUp(picture, ['db2'], soon());
    expect(residues.of(picture, { source: 'db2', consumer: 'db1' }).state).toBe('none');
  });

  it('are unknown where what was logged since has not been read', async () => {
    const { residues } = residuesOver({ db1: [], db2: LOG });
    const picture = pictureOf(`${UUID}:1`);
    await residues.catchUp(picture, ['db2'], soon());
    const pair = { source: 'db2', consumer: 'db1' };
    const sinceMs = systemClock.monotonic() + 1;
    expect(residues.of(picture, pair, { sinceMs }).doubts[0]).toContain('is read up to');
  });

  it('are unknown where either end is silent', async () => {
    const { residues } = residuesOver({ db1: [], db2: LOG });
    const picture = pictureWith([], [answered('db2'), silent('db1')]);
    await residues.catchUp(picture, ['db2'], soon());
    const doubts = residues.all(picture).flatMap((pair) => pair.doubts);
    expect(doubts.join()).toContain('db1 did not say what it logged');
    expect(doubts.join()).toContain('db1 did not say what it executed');
  });

  it('are none for a source that logs nothing', () => {
    const { residues } = residuesOver({});
    const picture = pictureWith([], [answered('db1', { logBin: false }), answered('db2')]);
    expect(residues.of(picture, { source: 'db1', consumer: 'db2' }).state).toBe('none');
  });

  it('remember what was executed when a channel was last seen', async () => {
    const anonymous: Event[] = [['Query', 'DROP TABLE app.t', 2]];
    const { residues } = residuesOver({ db1: [], db2: anonymous });
    const channel = {
      ...STOPPED_CHANNEL,
      executed: { file: 'binlog.000001', position: 14 },
      byGtid: false,
    };
    const views = [answered('db1'), answered('db2', { coordinates: endOf(anonymous) })];
    const armed = pictureWith([{ ...linkOf('db2', 'db1', 'armed'), channel }], views);
    const severed = pictureWith([linkOf('db2', 'db1', 'severed')], views);
    await residues.catchUp(severed, ['db2'], soon());
    const pair = { source: 'db2', consumer: 'db1' };
    expect(residues.of(severed, pair).state).toBe('some');
    residues.observe(armed);
    expect(residues.of(severed, pair).state).toBe('none');
  });

  it('are told when a picture comes, but not with every one', () => {
    const { residues, told } = residuesOver({ db1: [], db2: LOG });
    residues.observe(pictureOf(''));
    residues.observe(pictureOf(''));
    expect(told).toHaveLength(1);
    residues.stop();
  });
});
