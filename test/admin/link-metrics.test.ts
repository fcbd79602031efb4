// Links as series: exactly one state is 1, whatever the picture says or leaves out.
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { LinkMetrics } from '../../src/admin/link-metrics.js';
import type { Link, LinkState, Picture, ServerView } from '../../src/topology/snapshot.js';
import { answered as answeredAt } from '../topology/views.js';
import { parseExposition } from './exposition.js';

function create() {
  const registry = new Registry();
  const links = new LinkMetrics(registry, ['db1', 'db2'], ['db1', 'db2', 'replica1']);
  const page = async () => parseExposition(await registry.metrics());
  return { links, page };
}

const link = (source: string, consumer: string, state: LinkState, reader = false): Link => ({
  source,
  consumer,
  state,
  reason: '',
  threads: [],
  reader,
});

const answered = (server: string, askedAtMs: number): ServerView =>
  answeredAt(server, { askedAtMs, answeredAtMs: askedAtMs + 5 });

const picture = (links: readonly Link[], views: readonly ServerView[]): Picture => ({
  askedAtMs: 0,
  askedAtMonotonicMs: 0,
  entries: [],
  views: new Map(views.map((view) => [view.server, view])),
  links,
});

async function stateOf({ page }: ReturnType<typeof create>, server: string, peer: string) {
  const series = (await page())
    .all('interlock_link_state')
    .filter(({ labels }) => labels.server === server && labels.peer === peer);
  expect(series.map(({ labels }) => labels.state).sort()).toEqual([
    'armed',
    'live',
    'severed',
    'unknown',
  ]);
  const now = series.filter(({ value }) => value === 1);
  expect(now.length).toBe(1);
  return now[0]?.labels.state;
}

describe('link metrics', () => {
  it('are unknown before anybody was asked, strangers too', async () => {
    const made = create();
    for (const peer of ['db2', 'replica1', 'stranger']) {
      expect(await stateOf(made, 'db1', peer)).toBe('unknown');
    }
    const probed = (await made.page()).all('interlock_link_last_probe_timestamp_seconds');
    expect(probed.map(({ value }) => value)).toEqual(probed.map(() => 0));
  });

  it('follow the pictures', async () => {
    const made = create();
    const views = [answered('db1', 1_000), answered('db2', 2_000), answered('replica1', 3_000)];
    made.links.picture(picture([link('db1', 'db2', 'live'), link('db2', 'db1', 'armed')], views));
    expect(await stateOf(made, 'db1', 'db2')).toBe('live');
    expect(await stateOf(made, 'db2', 'db1')).toBe('armed');
    made.links.picture(picture([link('db1', 'db2', 'severed')], views));
    expect(await stateOf(made, 'db1', 'db2')).toBe('severed');
    expect(await stateOf(made, 'db2', 'db1')).toBe('unknown');
  });

  it('put all strangers under one name, the worst of them counting', async () => {
    const made = create();
    const views = [answered('db1', 1_000)];
    const strangers = [link('db1', 'stranger', 'armed'), link('db1', 'stranger', 'live')];
    made.links.picture(picture(strangers, views));
    expect(await stateOf(made, 'db1', 'stranger')).toBe('live');
    made.links.picture(picture([link('db1', 'stranger', 'live', true)], views));
    expect(await stateOf(made, 'db1', 'stranger')).toBe('severed');
    made.links.picture(picture([], views));
    expect(await stateOf(made, 'db1', 'stranger')).toBe('severed');
    made.links.picture(picture([], []));
    expect(await stateOf(made, 'db1', 'stranger')).toBe('unknown');
  });

  it('tell when both ends last answered, and keep it while one is silent', async () => {
    const made = create();
    const probed = async (peer: string) =>
      (await made.page()).value('interlock_link_last_probe_timestamp_seconds', {
        server: 'db1',
        peer,
      });
    made.links.picture(picture([], [answered('db1', 2_000), answered('db2', 1_000)]));
    expect(await probed('db2')).toBe(1);
    expect(await probed('stranger')).toBe(2);
    expect(await probed('replica1')).toBe(0);
    made.links.picture(picture([], [answered('db1', 9_000)]));
    expect(await probed('db2')).toBe(1);
  });

  it('count failures by reason, the server itself among its peers', async () => {
    const made = create();
    made.links.probeFailed('db1', 'db1', 'timeout');
    made.links.probeFailed('db1', 'replica1', 'access-denied');
    const page = await made.page();
    const failures = (peer: string, reason: string) =>
      page.value('interlock_link_probe_failures_total', { server: 'db1', peer, reason });
    expect(failures('db1', 'timeout')).toBe(1);
    expect(failures('replica1', 'access-denied')).toBe(1);
    expect(failures('replica1', 'timeout')).toBe(0);
  });
});
