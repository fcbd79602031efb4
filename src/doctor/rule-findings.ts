// Rules that cannot do what they say, given what Interlock may see and who may approve. Pure.
import type { Config } from '../config/config.js';
import type { RuleSet } from '../policy/rules.js';
import type { Finding } from './finding.js';
import type { ServerFacts } from './server-facts.js';

export function ruleFindings(
  { rules }: RuleSet,
  { approvals }: Pick<Config, 'approvals'>,
  facts: ReadonlyMap<string, ServerFacts>,
): readonly Finding[] {
  const active = rules.filter(({ mode }) => mode !== 'off');
  const approving = active.filter(({ verdict }) => verdict === 'require-approval');
  const found: Finding[] = [];
  if (approvals === undefined && approving.length > 0) {
    found.push({
      id: 'rule',
      severity: 'info',
      message: `${approving.length} rules ask for approval, and nobody can give one: they refuse`,
      mend: 'approvals: in the configuration (docs/approvals.md)',
    });
  }
  const sized = active.filter(
    ({ conditions }) => conditions.rows !== undefined || conditions.bytes !== undefined,
  );
  const blind = [...facts].filter(([, { ownRights }]) => !maySize(ownRights)).map(([name]) => name);
  if (sized.length > 0 && blind.length > 0) {
    found.push({
      id: 'rule',
      severity: 'warning',
      message:
        `${sized.map(({ id }) => id).join(', ')} ask for sizes, which the monitor account cannot see ` +
        `on ${blind.join(', ')}: there every size counts for a match`,
      mend: 'GRANT SELECT ON *.* TO the monitor account, if sizes are worth it',
    });
  }
  return found;
}

function maySize(rights: readonly string[]): boolean {
  return rights.includes('SELECT') || rights.includes('ALL PRIVILEGES');
}
