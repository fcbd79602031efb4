// The monitor account's rights, TLS and the clock of one server. Pure.
import { missingCodeRights, unseenWithout } from '../catalog/code-rights.js';
import type { ServerConfig } from '../config/config.js';
import { isOn } from '../topology/rows.js';
import { endingFindings } from './ending-rights.js';
import { listed, type ServerFinding } from './finding.js';
import type { ServerFacts } from './server-facts.js';

/** Rights that Interlock uses (docs/deploy.md), by every name that some line gives them. */
const USED = new Set([
  'USAGE',
  'PROCESS',
  'SELECT',
  'REPLICATION CLIENT',
  'REPLICATION SLAVE',
  'REPLICA MONITOR',
  'SLAVE MONITOR',
  'BINLOG MONITOR',
  'REPLICATION MASTER ADMIN',
  'CONNECTION ADMIN',
  'CONNECTION_ADMIN',
  'SYSTEM_USER',
  'SHOW_ROUTINE',
  'SHOW CREATE ROUTINE',
  // Views, triggers and events are shown to nobody else (docs/stored-code.md).
  'SHOW VIEW',
  'TRIGGER',
  'EVENT',
]);
/** MySQL 5.6 has no smaller right by which a session can be ended. */
const KILLS_ON_OLD = 'SUPER';

const SKEW_MAX_MS = 2_000;

export function settingFindings(
  facts: ServerFacts,
  server: ServerConfig,
  missingRights: readonly string[],
): readonly ServerFinding[] {
  return [
    ...rights(facts, server, missingRights),
    ...endingFindings(facts, server),
    ...tls(facts, server),
    ...clock(facts),
  ];
}

function rights(
  facts: ServerFacts,
  { monitor, listen }: ServerConfig,
  missingRights: readonly string[],
): readonly ServerFinding[] {
  const found: ServerFinding[] = [];
  if (missingRights.length > 0) {
    const lacking = missingRights.join(', ');
    found.push({
      id: 'monitor-rights',
      severity: 'error',
      message: `the monitor account ${monitor.user} lacks ${lacking}: links of this server stay unknown`,
      mend: `GRANT ${lacking} ON *.* TO ${facts.seenAs}`,
    });
  }
  const isMonitor = facts.seenAs.startsWith(`${monitor.user}@`);
  const unseen = isMonitor && listen.length > 0 ? missingCodeRights(facts.ownRights) : [];
  if (unseen.length > 0) {
    found.push({
      id: 'monitor-rights',
      severity: 'warning',
      message: unseenWithout(unseen),
      mend: `GRANT ${unseen.join(', ')} ON *.* TO ${facts.seenAs}; docs/deploy.md says what each allows`,
    });
  }
  const large = facts.ownRights.filter((right) => !USED.has(right) && !isNeeded(right, facts));
  if (isMonitor && large.length > 0) {
    found.push({
      id: 'monitor-rights',
      severity: 'warning',
      message: `the monitor account ${monitor.user} may do more than look: ${listed(large)}`,
      mend: `REVOKE ${large.includes('ALL PRIVILEGES') ? 'ALL PRIVILEGES' : large.join(', ')} ON *.* FROM that account; docs/deploy.md has what it needs`,
    });
  }
  return found;
}

function isNeeded(right: string, { flavour, variables }: ServerFacts): boolean {
  const isOld = flavour === 'mysql' && /^5\.[56]\./.test(variables.get('version') ?? '');
  return right === KILLS_ON_OLD && isOld;
}

function tls({ variables }: ServerFacts, { tls: way }: ServerConfig): readonly ServerFinding[] {
  const has = variables.get('have_ssl');
  const isOff = has === 'DISABLED' || has === 'NO';
  if (isOff) {
    return [
      {
        id: 'tls',
        severity: 'warning',
        message: 'the server has no TLS: a client that asks Interlock for it cannot log in',
        mend: 'ssl_cert and ssl_key in the server’s configuration',
      },
    ];
  }
  const found: ServerFinding[] = [];
  if (way.verify === 'none') {
    found.push({
      id: 'tls',
      severity: 'warning',
      message: 'Interlock does not verify this server’s certificate',
      mend: 'tls: { ca: …, verify: full } at this server in the configuration',
    });
  }
  if (!isOn(variables.get('require_secure_transport'))) {
    found.push({
      id: 'tls',
      severity: 'info',
      message: 'the server takes connections in clear (require_secure_transport is off)',
    });
  }
  return found;
}

function clock({ clockSkewMs, roundTripMs }: ServerFacts): readonly ServerFinding[] {
  if (Math.abs(clockSkewMs) <= SKEW_MAX_MS + roundTripMs) return [];
  const seconds = (Math.abs(clockSkewMs) / 1000).toFixed(1);
  const how = clockSkewMs > 0 ? 'ahead of' : 'behind';
  return [
    {
      id: 'clock',
      severity: 'warning',
      message: `its clock is ${seconds} s ${how} this machine’s: times in the record and in the binary log do not match`,
      mend: 'let both follow the same NTP servers',
    },
  ];
}
