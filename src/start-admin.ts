// Opens what people and scrapers ask this Interlock through: metrics for machines, the socket for
// this machine's people, and where it is configured the port for approvers on theirs. One that cannot
// be had is said, and guarding goes on without it.
import { type AdminServer, createAdminServer } from './admin/admin-server.js';
import { BATCH_BODY_BYTES, batchActions, batchRoutes } from './admin/batch-routes.js';
import type { Logger } from './admin/log.js';
import type { Metrics } from './admin/metrics.js';
import { createMetricsServer, type MetricsServer } from './admin/metrics-server.js';
import { openApproverPort } from './admin/open-approver-port.js';
import { requestRoutes, tokenRoutes } from './admin/request-routes.js';
import type { Approvals } from './approval/approvals.js';
import type { AroundWatch } from './around/around-watch.js';
import { aroundRoutes } from './around/start-around.js';
import type { AuditJournal } from './audit/journal.js';
import type { Catalogs } from './catalog/catalogs.js';
import { linksRoutes } from './cli/links-routes.js';
import { systemClock } from './clock.js';
import type { Config } from './config/config.js';
import type { RuleBook } from './config/rule-book.js';
import { messageOf } from './errors.js';
import type { ListenResult } from './gateway/listening.js';
import type { TlsMaterial } from './gateway/sessions.js';
import type { TlsKeeper } from './gateway/tls-keeper.js';
import { readinessChecks } from './readiness.js';
import type { Residues } from './residue/residues.js';
import type { Topology } from './topology/topology.js';
import type { Serving } from './workers/serving.js';

interface AdminOptions {
  readonly config: Config;
  readonly log: Logger;
}

export interface AdminParts {
  readonly keeper: TlsKeeper;
  readonly topology: Topology;
  readonly catalogs: Catalogs;
  readonly residues: Residues;
  readonly metrics: Metrics;
  readonly rules: RuleBook;
  readonly audit: AuditJournal;
  readonly approvals: Approvals | undefined;
  readonly listening: readonly ListenResult[];
  readonly serving: Serving;
  readonly around: AroundWatch;
}

export interface Admin {
  /** When Interlock's own certificate is another one. */
  useTls(material: TlsMaterial): void;
  /** Reads its own certificate again, where it has one. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

export async function startAdmin(options: AdminOptions, parts: AdminParts): Promise<Admin> {
  const { config, log } = options;
  const started = await Promise.allSettled([
    openApproverPort(config, { log, clock: systemClock, ...parts }),
    openMetrics(config, parts),
    openSocket(config, parts),
  ]);
  for (const each of started) {
    if (each.status === 'rejected') log.error(messageOf(each.reason));
  }
  const port = started[0].status === 'fulfilled' ? started[0].value : undefined;
  const open = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  return {
    useTls: ({ certificate }) => port?.useCertificate(certificate),
    reload: async () => port?.reload(),
    close: async () => {
      await Promise.all(open.map((each) => each?.close()));
    },
  };
}

function openMetrics(config: Config, parts: AdminParts): Promise<MetricsServer> {
  const { serving, metrics } = parts;
  const expose: Metrics['expose'] = async () => {
    await serving.collect();
    return metrics.expose();
  };
  const checks = readinessChecks(parts);
  return createMetricsServer({ ...config.metrics, metrics: { expose }, checks });
}

function openSocket(config: Config, parts: AdminParts): Promise<AdminServer> {
  const { topology, residues, approvals, around, audit, rules } = parts;
  const { socket } = config.admin;
  const batches = batchParts(config, parts);
  const routes = {
    ...linksRoutes({ topology, residues, clock: systemClock }),
    ...aroundRoutes(around),
    '/audit/head': () => audit.head,
    ...requestRoutes(approvals),
    ...batchRoutes(batches),
  };
  const actions = {
    '/rules/reload': () => rules.reload(),
    ...tokenRoutes(approvals),
    ...batchActions(batches),
  };
  const bodyBytes = { '/batches': BATCH_BODY_BYTES };
  return createAdminServer({ socket, routes, actions, bodyBytes });
}

function batchParts(config: Config, { topology, catalogs, rules, approvals }: AdminParts) {
  const guarded = config.servers.filter(({ listen }) => listen.length > 0);
  return {
    ...{ approvals, topology, clock: systemClock },
    guarded: guarded.map(({ name }) => name),
    dialect: (server: string) => topology.dialect(server),
    catalog: (ask: Parameters<Catalogs['known']>[0]) => catalogs.known(ask),
    ruleSet: () => rules.ruleSet,
    modeOf: (server: string) => guarded.find(({ name }) => name === server)?.mode ?? config.mode,
  };
}
