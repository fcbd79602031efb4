// What judging a statement needs, started: the rules, and the guard that brings them together with
// the audit file (start-audit.ts). What could not be started is said, and is a denial until it can.
import { randomBytes } from 'node:crypto';
import { logJudged } from './admin/judged-log.js';
import type { Logger } from './admin/log.js';
import type { Metrics } from './admin/metrics.js';
import type { Approvals } from './approval/approvals.js';
import { startApprovals } from './approval/start.js';
import { recordIds } from './audit/id.js';
import type { AuditJournal } from './audit/journal.js';
import type { Catalogs } from './catalog/catalogs.js';
import { systemClock } from './clock.js';
import type { Config, Diagnostic } from './config/config.js';
import { RuleBook } from './config/rule-book.js';
import { type RuleWatch, watchRules } from './config/rule-watch.js';
import { type OpenFlights, type OpenFlightsOptions, openFlights } from './flight/open-flights.js';
import { createGuard, type OwnGuard } from './gateway/guard.js';
import { lookingAgain } from './gateway/late-look.js';
import { relinkAsk, relinkResidue } from './residue/relink.js';
import type { Residues } from './residue/residues.js';
import type { SizeBook } from './topology/sizes.js';
import type { Topology } from './topology/topology.js';

interface StartOptions {
  readonly config: Config;
  readonly env: OpenFlightsOptions['env'];
  readonly log: Logger;
  readonly pid: number;
}

/** How often the rule files are looked at. */
const RULES_WATCH_PERIOD_MS = 1_000;

export function startRules(
  { config, log }: Pick<StartOptions, 'config' | 'log'>,
  metrics: Metrics,
): RuleBook {
  const rules = new RuleBook(config, {
    loaded: (ruleSet, warnings) => {
      metrics.rulesLoaded(ruleSet.rules, systemClock.now());
      for (const warning of warnings) log.warn(place(warning), warning.message);
      log.info({ rules: ruleSet.rules.length, revision: ruleSet.revision }, 'rules loaded');
    },
    broken: (errors, isKept) => {
      metrics.rulesReloadFailed();
      for (const error of errors) log.error(place(error), error.message);
      const now = isKept ? 'the rules in force stay' : 'every guarded statement is refused';
      log.error(`the rules could not be loaded; until they are, ${now}`);
    },
  });
  rules.reload();
  return rules;
}

/** Reads them again whenever their files have changed. */
export function startRuleWatch(
  { config, log }: Pick<StartOptions, 'config' | 'log'>,
  rules: RuleBook,
  periodMs = RULES_WATCH_PERIOD_MS,
): RuleWatch {
  return watchRules({
    rules: config.rules,
    periodMs,
    read: () => rules.stamp,
    changed: () => {
      log.info('the rule files have changed: reading them again');
      rules.reload();
    },
  });
}

/** Undefined where none are configured. */
export function startPeople(
  { config, env, log }: StartOptions,
  parts: {
    readonly audit: AuditJournal;
    readonly metrics: Metrics;
    readonly sizes: SizeBook;
  },
): Approvals | undefined {
  return startApprovals({
    ...{ config, env, log, clock: systemClock, ...parts },
    newRecordId: recordIds({ clock: systemClock, randomBytes }),
    sizes: (server, objects) => {
      const deadlineMs = systemClock.monotonic() + config.links.deadlineMs;
      return parts.sizes.of(server, objects, deadlineMs);
    },
  });
}

export function startGuard(
  { config, env, log }: Omit<StartOptions, 'pid'>,
  parts: Pick<OpenFlightsOptions, 'certificates'> & {
    readonly topology: Topology;
    readonly catalogs: Catalogs;
    readonly residues: Residues;
    readonly sizes: SizeBook;
    readonly rules: RuleBook;
    readonly audit: AuditJournal;
    readonly metrics: Metrics;
    readonly approvals: Approvals | undefined;
  },
): { readonly guard: OwnGuard; readonly flight: OpenFlights } {
  const { catalogs, residues, sizes, rules, topology, audit, metrics, certificates } = parts;
  const { approvals } = parts;
  const warn = (message: string, fields: object): void => log.error(fields, message);
  const common = { topology, audit, metrics, clock: systemClock, warn };
  const flight = openFlights({ ...common, config, env, certificates });
  const guard = createGuard({
    ...common,
    flights: flight.flights,
    newRecordId: recordIds({ clock: systemClock, randomBytes }),
    relinkResidue: (asked) => relinkResidue(residues, relinkAsk(asked, config.links.deadlineMs)),
    catalog: (ask) => catalogs.known(ask),
    sizes: (server, objects, arrivedMs) =>
      sizes.of(server, objects, arrivedMs + config.links.deadlineMs),
    places: (ask) => residues.find(ask),
    ...(approvals && { approvals: lookingAgain(approvals, { topology, clock: systemClock }) }),
    ruleSet: () => rules.ruleSet,
    modeOf: (server) => config.servers.find(({ name }) => name === server)?.mode ?? config.mode,
    ...(config.audit.literals === undefined ? {} : { literals: config.audit.literals }),
    judged: (record) => logJudged(log, record),
  });
  return { guard, flight };
}

function place({ file, line, column }: Diagnostic): object {
  return {
    file,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}
