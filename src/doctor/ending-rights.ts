// Whether a guarded server's monitor account may end the sessions of all others (docs/in-flight.md), as
// far as its grants tell. Pure.
import type { ServerConfig } from '../config/config.js';
import { rightToKill } from '../topology/terms.js';
import type { ServerFinding } from './finding.js';
import type { ServerFacts } from './server-facts.js';

/** From here on who holds SYSTEM_USER is ended only by who holds it too. */
const MYSQL_SYSTEM_USER = 80_016;

export function endingFindings(
  facts: ServerFacts,
  { monitor, listen }: ServerConfig,
): readonly ServerFinding[] {
  const isMonitor = facts.seenAs.startsWith(`${monitor.user}@`);
  const lacking = isMonitor && listen.length > 0 ? lackingToEnd(facts).join(', ') : '';
  if (lacking === '') return [];
  return [
    {
      id: 'monitor-rights',
      severity: 'warning',
      message:
        `the monitor account ${monitor.user} lacks ${lacking}: ` +
        'a statement in flight whose links get worse may not be ended',
      mend: `GRANT ${lacking} ON *.* TO ${facts.seenAs}`,
    },
  ];
}

function lackingToEnd(facts: ServerFacts): readonly string[] {
  const { flavour, variables, ownRights, hasRoles } = facts;
  // What a role brings is not told here; a warning about it would be a guess.
  if (ownRights.includes('ALL PRIVILEGES') || hasRoles) return [];
  const version = versionOf(variables.get('version') ?? '');
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
