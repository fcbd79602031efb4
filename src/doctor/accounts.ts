// Accounts by which somebody destroys data without Interlock, and accounts that Interlock opens to
// everybody who reaches it. Pure.
import { listed, type ServerFinding } from './finding.js';
import type { AccountRow, ServerFacts } from './server-facts.js';

/** The server's own, locked at birth or without a way to log in. */
const OWN = new Set(['mysql.sys', 'mysql.session', 'mysql.infoschema', 'mariadb.sys']);

/** Hosts by which a server means its own Unix socket or loopback. */
const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '::1']);

/** `monitorUser` is Interlock's own account: settings.ts looks at its rights. */
export function accountFindings(facts: ServerFacts, monitorUser: string): readonly ServerFinding[] {
  const { accounts, seenAs } = facts;
  if (accounts === undefined) return [];
  const interlock = hostOf(seenAs);
  const people = accounts.filter(({ user }) => !OWN.has(user) && user !== monitorUser);
  const around = people.filter(
    (account) => account.destroys.length > 0 && isElsewhere(account, interlock),
  );
  const opened = people.filter((account) => isOpenedBy(account, interlock));
  return [
    ...around.map((account) => aroundFinding(account, interlock)),
    ...openedFinding(opened, interlock),
  ];
}

/** It may log in from a host that is not Interlock's, over the network. */
function isElsewhere({ host }: AccountRow, interlock: string): boolean {
  return host !== interlock && !LOCAL_HOSTS.has(host);
}

function aroundFinding({ user, host, destroys }: AccountRow, interlock: string): ServerFinding {
  const name = `${quoted(user)}@${quoted(host)}`;
  return {
    id: 'account-around',
    severity: 'error',
    message: `${name} has ${destroys.join(', ')} and may log in from ${hostInWords(host)}, so without Interlock`,
    mend:
      `RENAME USER ${name} TO ${quoted(user)}@${quoted(interlock)}; or let a firewall keep all but ` +
      'Interlock and replication from the port',
  };
}

/**
 * An account that was limited to the host Interlock runs on, and that knows nothing of Interlock: now
 * whoever reaches Interlock may try its password. Root on loopback is the usual one.
 */
function isOpenedBy({ user, host }: AccountRow, interlock: string): boolean {
  const isLocal = LOCAL_HOSTS.has(interlock);
  return isLocal ? LOCAL_HOSTS.has(host) : host === interlock && user === 'root';
}

function openedFinding(opened: readonly AccountRow[], interlock: string): readonly ServerFinding[] {
  const first = opened[0];
  if (first === undefined) return [];
  const names = opened.map(({ user, host }) => `${quoted(user)}@${quoted(host)}`);
  return [
    {
      id: 'account-opened',
      severity: 'warning',
      message:
        `${listed(names)}: limited to ${interlock}, which is where Interlock connects from, so ` +
        'whoever reaches Interlock may log in as these',
      mend:
        'run Interlock on a host of its own, or give these accounts unix_socket (auth_socket) ' +
        'authentication',
    },
  ];
}

function hostInWords(host: string): string {
  return host === '%' ? 'anywhere' : host;
}

function hostOf(seenAs: string): string {
  return seenAs.slice(seenAs.lastIndexOf('@') + 1);
}

function quoted(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}
