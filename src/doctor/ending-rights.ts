// Whether a guarded server's monitor account may end the sessions of all others (docs/in-flight.md), as
// far as its grants tell. Pure: `interlock doctor` and `interlock check` say the same.
import type { ServerConfig } from '../config/config.js';
import type { Dialect } from '../sql/dialect.js';
import { rightToKill } from '../topology/terms.js';
import type { ServerFinding } from './finding.js';
import type { ServerFacts } from './server-facts.js';

/** From here on who holds SYSTEM_USER is ended only by who holds it too. */
const MYSQL_SYSTEM_USER = 80_016;

export function endingFindings(
  facts: ServerFacts,
  { monitor, listen }: ServerConfig,
): readonly ServerFinding[] {
  const { flavour, variables, ownRights, hasRoles, seenAs } = facts;
  const isMonitor = seenAs.startsWith(`${monitor.user}@`);
  const dialect = { flavour, version: versionOf(variables.get('version') ?? '') };
  const lacking = isMonitor && listen.length > 0 ? rightsToEnd(dialect, ownRights, hasRoles) : [];
  if (lacking.length === 0) return [];
  const id = 'monitor-rights';
  return [{ id, severity: 'warning', ...endingWords(monitor.user, lacking, seenAs) }];
}

/** What is lacking, for people: `account` is the one that the GRANT names. */
export function endingWords(
  user: string,
  lacking: readonly string[],
  account: string,
): { readonly message: string; readonly mend: string } {
  const rights = lacking.join(', ');
  return {
    message:
      `the monitor account ${user} lacks ${rights}: ` +
      'a statement in flight whose links get worse may not be ended',
    mend: `GRANT ${rights} ON *.* TO ${account}`,
  };
}

/** The rights to end other sessions that an account with these is without. */
export function rightsToEnd(
  { flavour, version }: Dialect,
  ownRights: readonly string[],
  hasRoles: boolean,
): readonly string[] {
  // What a role brings is not told here; a warning about it would be a guess.
  if (ownRights.includes('ALL PRIVILEGES') || hasRoles) return [];
  const right = rightToKill({ flavour, version });
  const needsSystem = flavour === 'mysql' && version >= MYSQL_SYSTEM_USER;
  return [
    ...(ownRights.includes(right) || ownRights.includes('SUPER') ? [] : [right]),
    ...(needsSystem && !ownRights.includes('SYSTEM_USER') ? ['SYSTEM_USER'] : []),
  ];
}

/** `9.7.4-2` is 90704. */
function versionOf(text: string): number {
  const [major = 0, minor = 0, patch = 0] = text.split(/[.-]/).map(Number);
  return major * 10_000 + minor * 100 + (Number.isNaN(patch) ? 0 : patch);
}
