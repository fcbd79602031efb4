// Wires everything once, by hand: clock, log, metrics, audit, topology, rules, guard, gateways,
// admin. Nothing here decides; a part that could not start is said, and the rest serves.
import type { Logger } from './admin/log.js';
import { createMetrics, type Metrics } from './admin/metrics.js';
import type { Approvals } from './approval/approvals.js';
import { startAround } from './around/start-around.js';
import type { AuditJournal } from './audit/journal.js';
import { Catalogs } from './catalog/catalogs.js';
import { systemClock } from './clock.js';
import type { Config } from './config/config.js';
import type { RuleBook } from './config/rule-book.js';
import { monitorPasswords } from './config/secrets.js';
import { Ends } from './ends.js';
import { InterlockError, messageOf } from './errors.js';
import type { OpenFlights } from './flight/open-flights.js';
import { Admissions } from './gateway/admissions.js';
import type { OwnGuard } from './gateway/guard.js';
import { Listener } from './gateway/listener.js';
import type { ListenResult } from './gateway/listening.js';
import type { TlsMaterial } from './gateway/sessions.js';
import { TlsKeeper } from './gateway/tls-keeper.js';
import type { Visit } from './gateway/visit.js';
import { openResidues } from './residue/open-residues.js';
import type { Residues } from './residue/residues.js';
import { startAdmin } from './start-admin.js';
import { startAudit } from './start-audit.js';
import { startGuard, startPeople, startRules, startRuleWatch } from './start-judging.js';
import { openSizes } from './topology/open-sizes.js';
import type { Picture } from './topology/snapshot.js';
import { Topology } from './topology/topology.js';
import type { Dialects } from './workers/messages.js';
import { WorkerPool } from './workers/pool.js';
import { type Serving, serveHere } from './workers/serving.js';

export interface ComposeOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly version: string;
  readonly pid: number;
}

/** A running Interlock. */
export interface Interlock {
  readonly listening: readonly ListenResult[];
  /** Reads the rules and the certificates again, and reopens the audit file. */
  reload(): Promise<void>;
  /** Takes no new sessions, lets commands under way end, then stops everything. */
  drain(): Promise<void>;
}

const DRAIN_DEADLINE_MS = 10_000;

/** Starts everything. Throws only for what makes serving pointless: no password, no listener. */
export async function compose(options: ComposeOptions): Promise<Interlock> {
  const ends = new Ends();
  try {
    return await serve(options, await startParts(options, ends), ends);
  } catch (thrown) {
    await ends.all();
    throw thrown;
  }
}

interface Parts {
  readonly catalogs: Catalogs;
  readonly metrics: Metrics;
  readonly keeper: TlsKeeper;
  readonly topology: Topology;
  readonly residues: Residues;
  readonly rules: RuleBook;
  readonly audit: AuditJournal;
  readonly guard: OwnGuard;
  readonly flight: OpenFlights;
  readonly approvals: Approvals | undefined;
  /** Told whenever the monitor has learned something. */
  readonly learners: Set<(picture: Picture) => void>;
}

/** All that judges; nobody is let in yet. */
async function startParts(options: ComposeOptions, ends: Ends): Promise<Parts> {
  const { config, env, log, version } = options;
  const servers = config.servers.map(({ name, listen, mode }) => ({
    ...{ name, mode },
    guarded: listen.length > 0,
  }));
  const metrics = createMetrics({ version, servers });
  const audit = await startAudit({ ...options, metrics });
  ends.add(() => audit.close());
  const keeper = await TlsKeeper.load(config, { clock: systemClock, log });
  ends.add(() => keeper.stop());
  const asking = { config, env, certificates: keeper.material.authorities, clock: systemClock };
  const residues = openResidues({ ...asking, onResidue: (pairs) => metrics.residue(pairs) });
  ends.add(() => residues.stop());
  const sizes = openSizes(asking);
  ends.add(() => sizes.stop());
  const catalogs = new Catalogs({
    ...asking,
    dialect: (server) => topology.dialect(server),
    warn: (server, message) => log.warn({ server }, message),
  });
  ends.add(() => catalogs.stop());
  const learners: Parts['learners'] = new Set([
    (picture: Picture) => residues.observe(picture),
    () => catalogs.refresh(),
  ]);
  const topology = startTopology(options, metrics, {
    certificates: asking.certificates,
    learned: (picture) => {
      for (const learn of learners) learn(picture);
    },
  });
  ends.add(() => topology.stop());
  const rules = startRules(options, metrics);
  const watch = startRuleWatch(options, rules);
  ends.add(() => watch.stop());
  const approvals = startPeople(options, { audit, metrics, sizes });
  ends.add(() => approvals?.close());
  const judging = { topology, catalogs, residues, sizes, rules, audit, metrics, approvals };
  const { guard, flight } = startGuard(options, { ...asking, ...judging });
  ends.add(() => flight.stop());
  ends.add(() => guard.settled());
  // Who were told of a picture after this would open connections again.
  ends.add(() => learners.clear());
  learners.add((picture) => flight.observe(picture));
  return { ...judging, keeper, guard, flight, learners };
}

async function serve(options: ComposeOptions, parts: Parts, ends: Ends): Promise<Interlock> {
  const { rules, audit, keeper, metrics, catalogs, learners } = parts;
  await catalogs.first();
  const serving = await startServing(options, parts, keeper.material);
  learners.add(() => serving.learned());
  catalogs.whenFiring(() => serving.learned());
  parts.flight.onOpened((servers) => serving.opened(servers));
  const listeners = await startListeners(options, { ...parts, serving });
  const certificates = keeper.material.authorities;
  const around = startAround({ ...options, certificates, metrics, listeners });
  ends.add(() => around.stop());
  const listening = listeners.flatMap(({ results }) => results);
  const admin = await startAdmin(options, { ...parts, listening, serving, around });
  keeper.watch((material) => {
    serving.useTls(material);
    admin.useTls(material);
  });
  return {
    listening,
    reload: async () => {
      rules.reload();
      await audit.reopen();
      await keeper.reload();
      await admin.reload();
    },
    drain: async () => {
      for (const { listener } of listeners) listener.close();
      await serving.drain(DRAIN_DEADLINE_MS);
      await admin.close();
      await ends.all();
    },
  };
}

function startTopology(
  options: ComposeOptions,
  metrics: Metrics,
  {
    certificates,
    learned,
  }: {
    readonly certificates: ReadonlyMap<string, string>;
    readonly learned: (picture: Picture) => void;
  },
): Topology {
  const { config, env, log } = options;
  const passwords = monitorPasswords(config, env);
  if (passwords.kind === 'broken') {
    const messages = passwords.errors.map(({ message }) => message);
    throw new InterlockError('CONFIG_INVALID', messages.join('; '));
  }
  const topology = new Topology({
    servers: config.servers,
    readers: config.readers,
    links: config.links,
    passwords: passwords.value,
    certificates,
    clock: systemClock,
    onPicture: (picture) => {
      metrics.picture(picture);
      learned(picture);
    },
    onProbeFailed: (server, peer, reason) => metrics.probeFailed(server, peer, reason),
  });
  // Listeners need not wait for it: until it is done every guarded statement asks for itself.
  topology.start().then(
    (picture) => {
      for (const view of picture.views.values()) {
        if (view.kind === 'silent') log.warn({ server: view.server }, view.message);
      }
    },
    (thrown: unknown) => log.error({ reason: messageOf(thrown) }, 'the first probe round failed'),
  );
  return topology;
}

/** In this process, or in as many workers as the configuration says. */
async function startServing(
  { config, log }: ComposeOptions,
  { guard, metrics, topology, catalogs }: Parts,
  tls: TlsMaterial,
): Promise<Serving> {
  const dialect = (server: string) => topology.dialect(server);
  const firing = (server: string) => catalogs.firing(server);
  if (config.workers === 1) return serveHere({ config, tls, guard, dialect, firing, metrics, log });
  const dialects = (): Dialects =>
    new Map(
      config.servers.flatMap(({ name }) => {
        const known = dialect(name);
        return known === undefined ? [] : [[name, known] as const];
      }),
    );
  const around = { clock: systemClock, log, metrics, guard };
  const lists = () => catalogs.lists();
  return await WorkerPool.start({ config, tls, dialects, lists, ...around });
}

interface OpenListener {
  readonly server: string;
  readonly listener: Listener;
  readonly results: readonly ListenResult[];
}

async function startListeners(
  { config, log }: ComposeOptions,
  { metrics, serving }: Parts & { readonly serving: Serving },
): Promise<readonly OpenListener[]> {
  const admissions = new Admissions();
  const started = [];
  for (const server of config.servers.filter(({ listen }) => listen.length > 0)) {
    const { limits } = config;
    const open = (visit: Visit): void => serving.open(visit);
    const listener = new Listener({
      ...{ server, limits, open, metrics, log, admissions },
      clock: systemClock,
    });
    const results = await listener.start();
    for (const result of results) {
      if (result.kind === 'failed') log.error({ server: server.name }, result.message);
    }
    started.push({ server: server.name, listener, results });
  }
  const open = started.flatMap(({ results }) => results).filter(({ kind }) => kind === 'listening');
  if (open.length === 0) {
    await serving.drain(0);
    throw new InterlockError(
      'LISTEN_FAILED',
      'no listener could be opened; there is nothing to do',
    );
  }
  return started;
}
