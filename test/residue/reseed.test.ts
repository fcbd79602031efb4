import { describe, expect, it } from 'vitest';
import type { PairResidue } from '../../src/residue/pair.js';
import { isReady, planAfter, planBefore, type ReseedFacts } from '../../src/residue/reseed.js';
import type { Link, ServerAnswer } from '../../src/topology/snapshot.js';
import { answered, channelFrom, linkOf, mariadb, pictureWith } from '../topology/views.js';
import { UUID } from './logs.js';

const BACK: PairResidue = {
  ...{ source: 'db2', consumer: 'db1', state: 'none', count: 0, events: [], rowDeletes: [] },
  ...{ doubts: [], basis: 'gtid', isLost: false },
} as const;

function factsOf(
  links: readonly Link[],
  changes: Partial<ReseedFacts> & { readonly views?: readonly [ServerAnswer, ServerAnswer] } = {},
): ReseedFacts {
  const [from, server] = changes.views ?? [mariadb('db1'), mariadb('db2')];
  const picture = pictureWith(links, [from, server, mariadb('replica1')]);
  return { picture, server, from, back: BACK, ...changes };
}

const held = (source: string, consumer: string, state: Link['state']): Link => ({
  ...linkOf(source, consumer, state),
  channel: channelFrom(source),
});
const typed = (plan: ReturnType<typeof planBefore>): readonly string[] =>
  plan.steps
    .filter(({ done }) => !done)
    .map((step) => `${step.server}: ${step.statements.join('; ')}`);

describe('before a reseed', () => {
  it('both directions must be severed, each where its channel is', () => {
    const plan = planBefore(factsOf([held('db2', 'db1', 'live'), held('db1', 'db2', 'armed')]));
    expect(typed(plan)).toEqual([
      'db1: STOP SLAVE; RESET SLAVE ALL',
      'db2: STOP SLAVE; RESET SLAVE ALL',
    ]);
    expect(isReady(plan)).toBe(false);
  });

  it('all is ready when nothing is linked to it', () => {
    const plan = planBefore(factsOf([linkOf('db2', 'db1', 'severed')]));
    expect(isReady(plan)).toBe(true);
    expect(plan.notes[0]).toContain('SET SESSION sql_log_bin=0');
  });

  it('an unknown link is an obstacle, and a stranger is killed', () => {
    const unknown = planBefore(factsOf([linkOf('db2', 'db1', 'unknown')]));
    expect(unknown.obstacles[0]).toContain('db2 → db1 is unknown');
    const thread = { ...linkOf('db2', 'stranger', 'live'), threads: [{ threadId: 9 }] };
    expect(typed(planBefore(factsOf([thread])))).toEqual(['db2: KILL 9']);
  });

  it('replicas below are told, for they would keep old data', () => {
    const plan = planBefore(factsOf([held('db2', 'replica1', 'live')]));
    expect(plan.notes.join()).toContain('replica1 reads from db2 and would keep its old data');
    expect(plan.notes.join()).toContain('reseed-check --server replica1 --from db2 --one-way');
    expect(plan.notes.join()).not.toContain('follows nobody');
  });

  it('who follows nobody may have been below, and is told before and after', () => {
    const facts = factsOf([
      linkOf('db1', 'replica1', 'severed'),
      linkOf('db2', 'replica1', 'severed'),
      linkOf('db2', 'db1', 'severed'),
    ]);
    for (const { notes } of [planBefore(facts), planAfter(facts)]) {
      expect(notes.join()).toContain('replica1 follows nobody. If it followed db2');
      expect(notes.join()).not.toContain('db1 follows nobody');
    }
    const elsewhere = factsOf([
      held('db1', 'replica1', 'live'),
      linkOf('db2', 'replica1', 'severed'),
    ]);
    expect(planBefore(elsewhere).notes.join()).not.toContain('follows nobody');
  });

  it('MySQL that gives no GTIDs any more is linked by position, whatever it had', () => {
    const gtids = { executed: `${UUID}:1-5`, purged: '', skipCounter: 0, isOff: true } as const;
    const views = [answered('db1', { gtids }), answered('db2', { gtids })] as const;
    const facts = factsOf([linkOf('db2', 'db1', 'severed')], { views });
    expect(isReady(planBefore(facts))).toBe(true);
    const place = { file: 'binlog.000002', position: 7 };
    const [first] = typed(planAfter({ ...facts, dump: { place, unlogged: false } }));
    expect(first).toContain("SOURCE_LOG_FILE='binlog.000002', SOURCE_LOG_POS=7");
  });

  it('of a server that only follows there is no link back', () => {
    const facts = factsOf([linkOf('db2', 'db1', 'severed'), linkOf('db1', 'db2', 'severed')]);
    const back = { ...BACK, state: 'unknown', count: 2, doubts: ['not read'] } as const;
    const plan = planAfter({ ...facts, back, isOneWay: true });
    expect(plan.obstacles).toEqual([]);
    expect(plan.steps.map(({ server }) => server)).not.toContain('db1');
    expect(planAfter({ ...facts, back }).obstacles).not.toEqual([]);
  });

  it('MySQL with GTIDs clears its history once everything is severed', () => {
    const gtids = { executed: `${UUID}:1-5`, purged: '', skipCounter: 0 };
    const views = [answered('db1'), answered('db2', { gtids })] as const;
    const linked = planBefore(factsOf([held('db2', 'db1', 'live')], { views }));
    expect(typed(linked)).toEqual(['db1: STOP REPLICA; RESET REPLICA ALL']);
    const severed = planBefore(factsOf([], { views }));
    expect(typed(severed)).toEqual(['db2: RESET BINARY LOGS AND GTIDS']);
  });
});

describe('after a reseed', () => {
  const dump = { slavePos: '0-1-57', unlogged: false };

  it('begins where the dump was taken, links forward, then back', () => {
    const plan = planAfter(factsOf([], { dump }));
    expect(typed(plan).map((step) => step.slice(0, 60))).toEqual([
      "db2: SET GLOBAL gtid_slave_pos='0-1-57'",
      "db2: CHANGE MASTER TO MASTER_HOST='10.0.0.1', MASTER_PORT=33",
      "db1: CHANGE MASTER TO MASTER_HOST='10.0.0.2', MASTER_PORT=33",
    ]);
  });

  it('is ready when both are linked and nothing waits', () => {
    const links = [held('db1', 'db2', 'live'), held('db2', 'db1', 'live')];
    expect(isReady(planAfter(factsOf(links, { dump })))).toBe(true);
    const [forward] = links;
    if (forward === undefined) throw new Error('no link');
    expect(isReady(planAfter(factsOf([forward], { dump })))).toBe(false);
  });

  it('skips what was logged all the same, before the link back', () => {
    const gtid = { file: 'binlog.000001', position: 4, gtid: '0-2-99' };
    const views = [mariadb('db1'), mariadb('db2', { coordinates: gtid })] as const;
    const back: PairResidue = { ...BACK, state: 'some', count: 2 };
    const steps = typed(planAfter(factsOf([], { views, back, dump })));
    expect(steps[2]).toBe("db1: SET GLOBAL gtid_slave_pos='0-2-99'");
    expect(steps[3]).toMatch(/^db1: CHANGE MASTER/);
  });

  it('goes by coordinates where there are no GTIDs', () => {
    const coordinates = { file: 'binlog.000007', position: 321, gtid: '' };
    const old = { version: 50_624, gtids: { skipCounter: 0 } };
    const views = [answered('db1', old), answered('db2', { ...old, coordinates })] as const;
    const place = { file: 'binlog.000003', position: 99 };
    const steps = typed(planAfter(factsOf([], { views, dump: { place, unlogged: false } })));
    expect(steps[0]).toContain("MASTER_LOG_FILE='binlog.000003', MASTER_LOG_POS=99");
    expect(steps[1]).toContain("MASTER_LOG_FILE='binlog.000007', MASTER_LOG_POS=321");
  });

  it('sets gtid_purged unless the dump has done so', () => {
    const gtids = { executed: `${UUID}:1-5`, purged: `${UUID}:1-5`, skipCounter: 0 };
    const views = [answered('db1', { gtids }), answered('db2', { gtids })] as const;
    const other = { purged: `${UUID}:1-9`, unlogged: true };
    expect(typed(planAfter(factsOf([], { views, dump: other })))[0]).toBe(
      `db2: RESET BINARY LOGS AND GTIDS; SET GLOBAL gtid_purged='${UUID}:1-9'`,
    );
    const same = { purged: `${UUID}:1-5`, unlogged: true };
    expect(typed(planAfter(factsOf([], { views, dump: same })))[0]).toContain('CHANGE REPLICATION');
  });

  it('does not link a server back that takes no writes, nor over what is not known', () => {
    const views = [mariadb('db1'), mariadb('db2', { readOnly: true })] as const;
    expect(planAfter(factsOf([], { views, dump })).steps).toHaveLength(2);
    const back: PairResidue = { ...BACK, state: 'unknown', doubts: ['its log cannot be read'] };
    expect(planAfter(factsOf([], { back, dump })).obstacles[0]).toContain('its log cannot be read');
  });
});
