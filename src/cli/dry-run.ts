// `interlock run --dry-run`: everything a start needs, tried one after another, with nothing opened
// that a client, a scraper or another Interlock could notice, and nothing written.
import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkApproverPort } from '../admin/check-approver-port.js';
import { checkCertificates } from '../admin/check-certificates.js';
import { lookAtStore } from '../approval/look-at-store.js';
import { isAuditLocked } from '../audit/audit-lock.js';
import { systemClock } from '../clock.js';
import type { Config, ListenAddress, StorePlace } from '../config/config.js';
import { loadRules } from '../config/rule-files.js';
import { monitorPasswords } from '../config/secrets.js';
import { fileTroubleOf, messageOf } from '../errors.js';
import { loadCertificate } from '../gateway/certificate.js';
import { startWarnings } from '../start-warnings.js';
import { createPainter } from './paint.js';
import { probeOnce } from './probe-once.js';
import { EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export interface DryFinding {
  /** What of a start was tried: `rules`, `secrets`, `tls`, `audit`, `approvals`, `server`, `listen`. */
  readonly part: string;
  /** `unreachable`: it would start, and that server is not there. */
  readonly result: 'ok' | 'note' | 'wrong' | 'unreachable';
  readonly message: string;
}

export async function dryRun(config: Config, terminal: Terminal, json: boolean): Promise<ExitCode> {
  const findings = [
    ...warningsOf(config, terminal),
    ...rulesOf(config),
    ...secretsOf(config, terminal.env),
    ...(await tlsOf(config)),
    ...(await auditOf(config)),
    ...(await approvalsOf(config, terminal.env)),
    ...(await approverPortOf(config)),
    ...(await serversOf(config, terminal.env)),
    ...listenersOf(config),
  ];
  const has = (result: DryFinding['result']): boolean =>
    findings.some((finding) => finding.result === result);
  if (json) printJson(terminal, { ok: !has('wrong') && !has('unreachable'), findings });
  else terminal.out(renderFindings(findings, terminal.color));
  if (has('wrong')) return EXIT.notOk;
  return has('unreachable') ? EXIT.unreachable : EXIT.ok;
}

function renderFindings(findings: readonly DryFinding[], isColored: boolean): string {
  const paint = createPainter(isColored);
  const colours = { ok: 'green', note: 'yellow', wrong: 'red', unreachable: 'red' } as const;
  const lines = findings.map(({ part, result, message }) => {
    return `${paint(colours[result], result.padEnd(11))} ${part.padEnd(9)} ${message}`;
  });
  const isWrong = findings.some(({ result }) => result === 'wrong');
  lines.push(isWrong ? 'Interlock would not guard.' : 'Interlock would start. Nothing was opened.');
  return `${lines.join('\n')}\n`;
}

function warningsOf(config: Config, { isRoot }: Terminal): readonly DryFinding[] {
  const warnings = startWarnings(config, { isRoot: isRoot ?? false });
  return warnings.map((message) => ({ part: 'process', result: 'note', message }));
}

function rulesOf(config: Config): readonly DryFinding[] {
  const loaded = loadRules(config);
  if (loaded.kind === 'broken') {
    return loaded.errors.map(({ file, line, message }) => ({
      part: 'rules',
      result: 'wrong',
      message: `${file}${line === undefined ? '' : `:${line}`}: ${message}`,
    }));
  }
  const { rules, revision } = loaded.value;
  return [ok('rules', `${rules.length} rules, revision ${revision}`)];
}

function secretsOf(config: Config, env: Terminal['env']): readonly DryFinding[] {
  const passwords = monitorPasswords(config, env);
  if (passwords.kind === 'loaded') return [ok('secrets', 'every monitor password is there')];
  return passwords.errors.map(({ message }) => wrong('secrets', message));
}

async function tlsOf(config: Config): Promise<readonly DryFinding[]> {
  try {
    // Without a place to keep it: a certificate of its own is made at the first real start.
    const nowMs = systemClock.now();
    const { isSelfSigned } = await loadCertificate(config.tls, nowMs);
    const found = (await checkCertificates(config, nowMs)).map(({ severity, message }) =>
      severity === 'error'
        ? wrong('tls', message)
        : ({ part: 'tls', result: 'note', message } as const),
    );
    const whose = isSelfSigned ? 'a self-signed certificate' : String(config.tls.certificateFile);
    return [...found, ok('tls', `clients see ${whose}`)];
  } catch (thrown) {
    return [wrong('tls', messageOf(thrown))];
  }
}

async function auditOf({ audit: { file } }: Config): Promise<readonly DryFinding[]> {
  const why = await whyUnwritable(file);
  if (why !== undefined) return [wrong('audit', `${file} cannot be written: ${why}`)];
  if (!(await isAuditLocked(file))) return [ok('audit', `${file} can be written`)];
  const message = `${file} is another Interlock's now; stop it before this one starts`;
  return [{ part: 'audit', result: 'note', message }];
}

/** Of a file that may not be there yet; it is not made. */
async function whyUnwritable(file: string): Promise<string | undefined> {
  try {
    const place = await nearest(file);
    const isFolder = (await stat(place)).isDirectory();
    if (isFolder === (place === file)) return `${place} is ${isFolder ? 'a' : 'no'} folder`;
    await access(place, constants.W_OK);
    return undefined;
  } catch (thrown) {
    return fileTroubleOf(thrown);
  }
}

/** The file, or whichever folder above it is there. */
async function nearest(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearest(dirname(path));
}

async function approvalsOf(
  { approvals }: Config,
  env: Terminal['env'],
): Promise<readonly DryFinding[]> {
  if (approvals === undefined) {
    const message = 'none configured: what needs approval is refused';
    return [{ part: 'approvals', result: 'note', message }];
  }
  const { approversPath, store } = approvals;
  const stores = store.kind === 'file' ? await storeFileOf(store.file) : await storeOf(store, env);
  try {
    await access(approversPath, constants.R_OK);
    return [ok('approvals', `the approvers of ${approversPath} may sign`), ...stores];
  } catch (thrown) {
    return [wrong('approvals', `${approversPath}: ${fileTroubleOf(thrown)}`), ...stores];
  }
}

async function storeFileOf(file: string): Promise<readonly DryFinding[]> {
  const why = await whyUnwritable(file);
  return [
    why === undefined
      ? ok('approvals', `the store ${file} can be written`)
      : wrong('approvals', `the store ${file} cannot be written: ${why}`),
  ];
}

async function storeOf(store: StorePlace, env: Terminal['env']): Promise<readonly DryFinding[]> {
  const looks = await lookAtStore(store, env);
  return looks.map(({ kind, message }) => ({
    ...{ part: 'approvals', result: STORE_RESULTS[kind], message },
  }));
}

async function approverPortOf(config: Config): Promise<readonly DryFinding[]> {
  const { network } = config.admin;
  if (network === undefined) return [];
  const found = await checkApproverPort(config, systemClock.now());
  const troubles = found.map(({ severity, message }): DryFinding => {
    return { part: 'listen', result: severity === 'error' ? 'wrong' : 'note', message };
  });
  const { host, port } = network.listen;
  const at = addressText({ kind: 'tcp', host, port });
  return [...troubles, ok('listen', `would answer approvers on https://${at}`)];
}

const STORE_RESULTS = {
  fine: 'ok',
  risky: 'note',
  unfit: 'wrong',
  unreachable: 'unreachable',
} as const;

async function serversOf(config: Config, env: Terminal['env']): Promise<readonly DryFinding[]> {
  if (monitorPasswords(config, env).kind === 'broken') return [];
  try {
    const picture = await probeOnce(config, env);
    return [...picture.views.values()].map((view) =>
      view.kind === 'answered'
        ? ok('server', `${view.server} answers: ${view.versionText}`)
        : { part: 'server', result: 'unreachable', message: view.message },
    );
  } catch (thrown) {
    return [wrong('server', messageOf(thrown))];
  }
}

function listenersOf({ servers, metrics, admin }: Config): readonly DryFinding[] {
  const guarded = servers.flatMap(({ name, listen }) =>
    listen.map((address) => ok('listen', `would listen on ${addressText(address)} for ${name}`)),
  );
  if (guarded.length === 0)
    return [wrong('listen', 'no server has a listen address: nothing to do')];
  return [
    ...guarded,
    ok('listen', `would serve metrics on ${addressText(metrics.listen)}`),
    ok('listen', `would serve commands on ${admin.socket}`),
  ];
}

function addressText(address: ListenAddress): string {
  if (address.kind === 'unix') return address.path;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}

function ok(part: string, message: string): DryFinding {
  return { part, result: 'ok', message };
}

function wrong(part: string, message: string): DryFinding {
  return { part, result: 'wrong', message };
}
