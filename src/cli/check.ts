// `interlock check`: everything that can be wrong with configuration and rules, with its place,
// and the tests beside the rules. Servers that answer are asked whether links can be told apart.
import { checkApproverPort } from '../admin/check-approver-port.js';
import { checkCertificates } from '../admin/check-certificates.js';
import { checkApprovers } from '../approval/check-approvers.js';
import { lookAtStore } from '../approval/look-at-store.js';
import { systemClock } from '../clock.js';
import type { Config, Diagnostic } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { loadRules } from '../config/rule-files.js';
import { monitorPasswords } from '../config/secrets.js';
import { messageOf } from '../errors.js';
import type { CompiledRule } from '../policy/compiled-rule.js';
import { lintRules } from '../policy/rule-lint.js';
import { runRuleTests } from '../policy/rule-tests.js';
import { readText } from '../sql/statement-facts.js';
import { troublesOf } from '../topology/troubles.js';
import { unseenCode } from './check-code.js';
import { endingTroubles } from './check-ending.js';
import { renderDiagnostics } from './diagnostics-view.js';
import { createPainter } from './paint.js';
import { probeOnce } from './probe-once.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  readonly rules: number;
  readonly tests: number;
  readonly servers: number;
}

export async function checkCommand(
  options: CommonOptions & { readonly offline: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const findings = await findAll(options, terminal);
  const { diagnostics, rules, tests, servers } = findings;
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  if (options.json) {
    printJson(terminal, { ok: errors === 0, errors, warnings, rules, tests, servers, diagnostics });
  } else {
    terminal.err(renderDiagnostics(diagnostics, { color: terminal.color }));
    const paint = createPainter(terminal.color);
    const verdict = errors === 0 ? paint('green', 'all is well') : paint('red', `${errors} wrong`);
    terminal.out(
      `${options.config}: ${verdict}, ${warnings} warnings; ` +
        `${servers} servers, ${rules} rules, ${tests} rule tests\n`,
    );
  }
  return errors === 0 ? EXIT.ok : EXIT.notOk;
}

async function findAll(
  options: CommonOptions & { readonly offline: boolean },
  terminal: Terminal,
): Promise<Findings> {
  const loaded = loadConfig(options.config);
  if (loaded.kind === 'broken') {
    return { diagnostics: loaded.errors, rules: 0, tests: 0, servers: 0 };
  }
  const config = loaded.value;
  const ruled = checkRules(config);
  const people = await checkApprovers(config, ruled.compiled, systemClock.now());
  const port = [
    ...(await checkApproverPort(config, systemClock.now())),
    ...(await checkedCertificates(config, options.offline)),
  ];
  const asked = options.offline ? [] : await askServers(config, terminal.env);
  const store = options.offline ? [] : await askStore(config, terminal.env);
  return {
    diagnostics: [...loaded.warnings, ...ruled.diagnostics, ...people, ...port, ...asked, ...store],
    rules: ruled.rules,
    tests: ruled.tests,
    servers: config.servers.length,
  };
}

/** Where files are checked away from their machine, its certificates need not be there. */
async function checkedCertificates(
  config: Config,
  isOffline: boolean,
): Promise<readonly Diagnostic[]> {
  const found = await checkCertificates(config, systemClock.now());
  return isOffline ? found.map((one) => ({ ...one, severity: 'warning' })) : found;
}

function checkRules(
  config: Config,
): Omit<Findings, 'servers'> & { readonly compiled: readonly CompiledRule[] } {
  const loaded = loadRules(config);
  if (loaded.kind === 'broken') {
    return { diagnostics: loaded.errors, rules: 0, tests: 0, compiled: [] };
  }
  const nowMs = systemClock.now();
  const servers = config.servers.map(({ name, listen }) => ({
    name,
    isGuarded: listen.length > 0,
  }));
  const results = runRuleTests(loaded.value, readText, nowMs);
  const failed = results.flatMap(({ diagnostic }) =>
    diagnostic === undefined ? [] : [diagnostic],
  );
  return {
    diagnostics: [...loaded.warnings, ...lintRules(loaded.value, { nowMs, servers }), ...failed],
    rules: loaded.value.rules.length,
    tests: results.length,
    compiled: loaded.value.rules,
  };
}

/** What the servers themselves say against it; one that does not answer now is only a warning. */
async function askServers(config: Config, env: Terminal['env']): Promise<readonly Diagnostic[]> {
  const file = config.file;
  const passwords = monitorPasswords(config, env);
  if (passwords.kind === 'broken') {
    // Where configurations are checked, the monitor's password need not be known.
    return passwords.errors.map((error) => ({ ...error, severity: 'warning' }));
  }
  try {
    const picture = await probeOnce(config, env);
    const troubles = troublesOf(picture).map((trouble) => ({ ...trouble, file }));
    const ending = await endingTroubles(config, picture, env);
    return [...troubles, ...ending, ...(await unseenCode(config, picture, env))];
  } catch (thrown) {
    return [{ severity: 'warning', file, message: messageOf(thrown) }];
  }
}

/** The same for the control database, where there is one. */
async function askStore(
  { approvals, file }: Config,
  env: Terminal['env'],
): Promise<readonly Diagnostic[]> {
  if (approvals === undefined) return [];
  const looks = await lookAtStore(approvals.store, env);
  return looks
    .filter(({ kind }) => kind !== 'fine')
    .map(({ kind, message, mend }) => ({
      ...{ severity: kind === 'unfit' ? 'error' : 'warning', file, message },
      ...(mend === undefined ? {} : { hint: mend }),
    }));
}
