// Every metric of Interlock (prefix interlock_), with bounded labels: never SQL, tables, users or
// addresses. Every series exists at 0 from the start. docs/metrics.md lists them.

import { Gauge, Histogram, Registry } from 'prom-client';
import type { EnforcementMode } from '../config/config.js';
import type { VerdictKind } from '../policy/verdict.js';
import type { PairResidue } from '../residue/pair.js';
import type { AskedWhy } from '../session/session-options.js';
import type { Effect } from '../sql/effect.js';
import type { Picture, ProbeFailureReason } from '../topology/snapshot.js';
import type { CommandName } from '../wire/commands.js';
import { type AdminResult, ApproverMetrics } from './approver-metrics.js';
import { AuditMetrics } from './audit-metrics.js';
import { CommandCounts } from './command-counts.js';
import { counter, gauge, sumGauge } from './instruments.js';
import { LinkMetrics } from './link-metrics.js';
import { type LoadedRule, possibleDecisions } from './possible-decisions.js';
import { ResidueMetrics } from './residue-metrics.js';

/** What the rest of the code counts on. Hot calls (`command`, `unguarded`) only add to a number. */
export interface Metrics {
  command(server: string, command: CommandName, count?: number): void;
  /** Unguarded statements (`effect="none"`), one if not said otherwise. */
  unguarded(server: string, count?: number): void;
  /** Statements whose session was asked about them first. */
  asked(server: string, why: AskedWhy, count?: number): void;
  /** Once per distinct effect of a guarded statement. */
  guarded(server: string, effects: readonly Effect[]): void;
  decision(sample: {
    readonly server: string;
    readonly rule: string;
    readonly verdict: VerdictKind;
    readonly mode: 'enforce' | 'shadow';
  }): void;
  decisionTook(seconds: number): void;
  picture(picture: Picture): void;
  residue(pairs: readonly PairResidue[]): void;
  probeFailed(server: string, peer: string, reason: ProbeFailureReason): void;
  connections(server: string, delta: 1 | -1): void;
  /** How many sessions on a guarded server did not come through Interlock, when last looked at. */
  sessionsAround(server: string, count: number): void;
  /** A sealed key let a statement pass. */
  breakGlass(server: string): void;
  /** How many statements are in flight at a server now. */
  inFlight(server: string, count: number): void;
  inFlightEnded(server: string, result: 'ended' | 'failed'): void;
  rulesLoaded(rules: readonly LoadedRule[], atMs: number): void;
  rulesReloadFailed(): void;
  auditRecord(): void;
  auditWriteFailed(): void;
  /** Of the chain of audit records: its last number, and 52 bits of that line's hash. */
  auditHead(seq: number, hashNumber: number): void;
  /** Durable records that the audit file lacked when it was opened. */
  auditTailLost(records: number): void;
  approval(result: ApprovalResult): void;
  /** Whether the store of approvals answered when it was last asked. */
  approvalStoreUsable(isUsable: boolean): void;
  /** How a request to admin.listen ended. */
  adminRequest(result: AdminResult): void;
  /** The text exposition of all of them. */
  expose(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** What metrics are about: fixed for the life of the process, so that labels are bounded. */
export interface MetricsOptions {
  readonly version: string;
  readonly servers: readonly {
    readonly name: string;
    readonly guarded: boolean;
    readonly mode: EnforcementMode;
  }[];
}

/** What can become of a request for approval, and of a token. */
export const APPROVAL_RESULTS = [
  'requested',
  'approved',
  'denied',
  'expired',
  'used',
  'replayed',
  'invalid',
] as const;

export type ApprovalResult = (typeof APPROVAL_RESULTS)[number];

/** From half a millisecond (a verdict from a fresh snapshot) to the longest deadlines. */
const DECISION_BUCKETS_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Metrics with every series at its start. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const guarded = options.servers.filter((server) => server.guarded);
  const names = guarded.map(({ name }) => name);
  const counts = new CommandCounts(registry, names);
  const links = new LinkMetrics(
    registry,
    names,
    options.servers.map(({ name }) => name),
  );
  const decided = decisionMetrics(registry, guarded);
  const rules = ruleMetrics(registry);
  const connections = sumGauge(registry, 'connections', 'Client connections now.', ['server']);
  for (const server of names) connections.set({ server }, 0);
  const audit = new AuditMetrics(registry);
  const around = gauge(registry, 'sessions_around', 'Sessions that did not come through here.', [
    'server',
  ]);
  const sealed = counter(registry, 'break_glass_total', 'Statements that a sealed key let pass.', [
    'server',
  ]);
  for (const server of names) {
    around.set({ server }, 0);
    sealed.inc({ server }, 0);
  }
  const approvals = approvalMetrics(registry);
  const admin = new ApproverMetrics(registry);
  announce(registry, options);
  const flights = flightMetrics(registry, names);
  const residue = new ResidueMetrics(registry, names, options.servers);
  return {
    command: (server, command, count) => counts.command(server, command, count),
    unguarded: (server, count) => counts.unguarded(server, count),
    asked: (server, why, count) => counts.asked(server, why, count),
    guarded: (server, effects) => counts.guarded(server, effects),
    decision: (sample) => decided.total.inc(decisionLabels(sample)),
    decisionTook: (seconds) => decided.duration.observe(seconds),
    picture: (picture) => links.picture(picture),
    residue: (pairs) => residue.pairs(pairs),
    probeFailed: (server, peer, reason) => links.probeFailed(server, peer, reason),
    connections: (server, delta) => {
      if (names.includes(server)) connections.inc({ server }, delta);
    },
    sessionsAround: (server, count) => around.set({ server }, count),
    breakGlass: (server) => sealed.inc({ server }),
    ...flights,
    rulesLoaded: (loaded, atMs) => {
      rules.loaded(loaded, atMs);
      decided.expect(loaded);
    },
    rulesReloadFailed: () => rules.failed(),
    auditRecord: () => audit.record(),
    auditWriteFailed: () => audit.writeFailed(),
    auditHead: (seq, hashNumber) => audit.head(seq, hashNumber),
    auditTailLost: (records) => audit.tailLost(records),
    ...approvals,
    adminRequest: (result) => admin.request(result),
    expose: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function approvalMetrics(registry: Registry) {
  const total = counter(registry, 'approvals_total', 'Approvals by result.', ['result']);
  for (const result of APPROVAL_RESULTS) total.inc({ result }, 0);
  const usable = new Gauge({
    name: 'interlock_approval_store_usable',
    help: 'Whether the store of approvals answered when it was last asked: 1 or 0.',
    // Of several workers, the one that failed must show.
    aggregator: 'min',
    registers: [registry],
  });
  // Where no approvals are configured nothing is out of order.
  usable.set(1);
  return {
    approval: (result: ApprovalResult) => total.inc({ result }),
    approvalStoreUsable: (isUsable: boolean) => usable.set(isUsable ? 1 : 0),
  };
}

function flightMetrics(registry: Registry, guarded: readonly string[]) {
  const help = 'Statements that passed because nobody followed, and are not logged yet.';
  const now = gauge(registry, 'in_flight', help, ['server']);
  const ended = counter(
    registry,
    'in_flight_ended_total',
    'Sessions told to end because what they had in flight would reach another server by now.',
    ['server', 'result'],
  );
  for (const server of guarded) {
    now.set({ server }, 0);
    for (const result of ['ended', 'failed']) ended.inc({ server, result }, 0);
  }
  return {
    inFlight: (server: string, count: number) => now.set({ server }, count),
    inFlightEnded: (server: string, result: 'ended' | 'failed') => ended.inc({ server, result }),
  };
}

function decisionMetrics(registry: Registry, guarded: MetricsOptions['servers']) {
  const total = counter(
    registry,
    'decisions_total',
    'Guarded statements by the rule that decided or, in shadow, would have.',
    ['server', 'rule', 'verdict', 'mode'],
  );
  const duration = new Histogram({
    name: 'interlock_decision_duration_seconds',
    help: 'From a guarded statement read to its verdict recorded.',
    buckets: DECISION_BUCKETS_SECONDS,
    registers: [registry],
  });
  const expect = (loaded: readonly LoadedRule[]) => {
    for (const sample of possibleDecisions(guarded, loaded)) total.inc(sample, 0);
  };
  expect([]);
  return { total, duration, expect };
}

/** Exactly the labels, whatever else the sample carries. */
function decisionLabels({ server, rule, verdict, mode }: Parameters<Metrics['decision']>[0]) {
  return { server, rule, verdict, mode };
}

function ruleMetrics(registry: Registry) {
  const loaded = gauge(registry, 'rules_loaded', 'Rules in force, by mode.', ['mode']);
  const successful = new Gauge({
    name: 'interlock_rules_last_reload_successful',
    help: 'Whether the rules on disk are the ones in force: 1 or 0.',
    // Of several workers, the one that failed must show.
    aggregator: 'min',
    registers: [registry],
  });
  const successfulAt = gauge(
    registry,
    'rules_last_reload_success_timestamp_seconds',
    'When rules were last loaded, seconds since the epoch; 0: never.',
  );
  const modes = ['enforce', 'shadow', 'off'];
  for (const mode of modes) loaded.set({ mode }, 0);
  return {
    loaded: (rules: readonly LoadedRule[], atMs: number) => {
      for (const mode of modes) {
        loaded.set({ mode }, rules.filter((rule) => rule.mode === mode).length);
      }
      successful.set(1);
      successfulAt.set(atMs / 1000);
    },
    failed: () => successful.set(0),
  };
}

/** What does not change, and what nothing feeds yet but dashboards may already name. */
function announce(registry: Registry, options: MetricsOptions): void {
  const mode = gauge(registry, 'mode', 'The mode of each guarded server.', ['server', 'mode']);
  for (const server of options.servers.filter((entry) => entry.guarded)) {
    for (const name of ['enforce', 'shadow']) {
      mode.set({ server: server.name, mode: name }, server.mode === name ? 1 : 0);
    }
  }
  gauge(registry, 'build_info', 'Always 1; the version is a label.', ['version']).set(
    { version: options.version },
    1,
  );
}
