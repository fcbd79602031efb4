// Links as metrics: one series per guarded server, peer and state, strangers under one name. A peer
// that no picture speaks of is unknown, never absent.
import type { Counter, Gauge, Registry } from 'prom-client';
import {
  LINK_STATES,
  type LinkState,
  type Picture,
  type ProbeFailureReason,
  STRANGER,
  worse,
} from '../topology/snapshot.js';
import { counter, gauge } from './instruments.js';

const REASONS = [
  'timeout',
  'refused',
  'unreachable',
  'access-denied',
  'missing-rights',
  'error',
  'never-asked',
] as const satisfies readonly ProbeFailureReason[];

export class LinkMetrics {
  private readonly pairs: readonly { readonly server: string; readonly peer: string }[];
  private readonly peers: ReadonlySet<string>;
  private readonly servers: ReadonlySet<string>;
  private readonly state: Gauge<'server' | 'peer' | 'state'>;
  private readonly probed: Gauge<'server' | 'peer'>;
  private readonly failures: Counter<'server' | 'peer' | 'reason'>;

  constructor(registry: Registry, servers: readonly string[], all: readonly string[]) {
    this.servers = new Set(servers);
    this.peers = new Set([...all, STRANGER]);
    this.pairs = servers.flatMap((server) =>
      [...this.peers].filter((peer) => peer !== server).map((peer) => ({ server, peer })),
    );
    this.state = gauge(registry, 'link_state', 'State of the link from server to peer: 1 or 0.', [
      'server',
      'peer',
      'state',
    ]);
    const help = 'When both ends of the link were last asked and answered; 0: never.';
    const pair: ('server' | 'peer')[] = ['server', 'peer'];
    this.probed = gauge(registry, 'link_last_probe_timestamp_seconds', help, pair);
    this.failures = counter(registry, 'link_probe_failures_total', 'Probes without an answer.', [
      'server',
      'peer',
      'reason',
    ]);
    for (const entry of this.pairs) {
      this.setState(entry, 'unknown');
      this.probed.set(entry, 0);
    }
    for (const server of servers) {
      for (const peer of all) {
        for (const reason of REASONS) this.failures.inc({ server, peer, reason }, 0);
      }
    }
  }

  picture(picture: Picture): void {
    for (const pair of this.pairs) {
      this.setState(pair, stateOf(picture, pair));
      const askedAtMs = askedAt(picture, pair);
      if (askedAtMs !== undefined) this.probed.set(pair, askedAtMs / 1000);
    }
  }

  /** A server or peer that is not configured is not counted: labels stay bounded. */
  probeFailed(server: string, peer: string, reason: ProbeFailureReason): void {
    if (!this.servers.has(server) || !this.peers.has(peer)) return;
    this.failures.inc({ server, peer, reason });
  }

  private setState(pair: { readonly server: string; readonly peer: string }, now: LinkState): void {
    for (const state of LINK_STATES) this.state.set({ ...pair, state }, state === now ? 1 : 0);
  }
}

/** The worst of the pair's links; declared readers do not count. */
function stateOf(
  picture: Picture,
  { server, peer }: { readonly server: string; readonly peer: string },
): LinkState {
  const links = picture.links.filter((link) => link.source === server && link.consumer === peer);
  const counted = links.filter((link) => !link.reader).map((link) => link.state);
  if (counted.length > 0) return counted.reduce(worse);
  if (links.length > 0) return 'severed';
  // Nobody lists strangers that are not there; that counts only when the server could be asked.
  const answered = picture.views.get(server)?.kind === 'answered';
  return peer === STRANGER && answered ? 'severed' : 'unknown';
}

/** The older of both ends' last answers; undefined when one of them did not answer. */
function askedAt(
  picture: Picture,
  { server, peer }: { readonly server: string; readonly peer: string },
): number | undefined {
  const ends = peer === STRANGER ? [server] : [server, peer];
  const times = ends.map((name) => {
    const view = picture.views.get(name);
    return view?.kind === 'answered' ? view.askedAtMs : Number.NaN;
  });
  const oldest = Math.min(...times);
  return Number.isNaN(oldest) ? undefined : oldest;
}
