// Which server this really is. Its greeting and @@version can be forged by --version=, while the
// comments it runs follow the real version, and those are what a statement's meaning hangs on.

import { InterlockError } from '../errors.js';
import { type Dialect, versionNumber } from '../sql/dialect.js';
import type { Learned } from './questions.js';
import { isOn, numberOf, type Row, rowsOf, someTextOf, textOf } from './rows.js';
import { IDENTITY_VARIABLES } from './terms.js';

/** Reads the answers to LEARN_SQL: the SET's OK, the SELECT, the variables. */
export function learnedFrom(results: readonly unknown[]): Learned {
  const facts = rowsOf(results[1])[0];
  const versionText = textOf(facts, ['version']) ?? '';
  const version = versionNumber(versionText);
  if (version === undefined) {
    throw new InterlockError('PROBE_FAILED', `its version '${versionText}' cannot be read`);
  }
  const variables = new Map(
    rowsOf(results[2]).map((row) => [
      (textOf(row, ['Variable_name']) ?? '').toLowerCase(),
      textOf(row, ['Value']) ?? '',
    ]),
  );
  const provider = variables.get('wsrep_provider') ?? 'none';
  const flavour = numberOf(facts, ['is_mariadb']) === 1 ? 'mariadb' : 'mysql';
  return {
    dialect: { flavour, version },
    versionText,
    account: someTextOf(facts, ['account']) ?? '',
    variables: IDENTITY_VARIABLES.filter((name) => variables.has(name)),
    logBin: isOn(variables.get('log_bin')),
    wsrep: isOn(variables.get('wsrep_on')) || !['', 'none'].includes(provider),
    groupReplication: (variables.get('group_replication_group_name') ?? '') !== '',
  };
}

/** Versions a comment can name on each flavour (MariaDB skips 50700 to 99999 whatever it is). */
const RANGES = {
  mariadb: { lowest: 100_000, highest: 159_999 },
  mysql: { lowest: 50_000, highest: 99_999 },
} as const;

/**
 * The version that the server's comments follow: one look at what it claims and, where that is
 * forged, a search for the last number it still runs (17 looks at most).
 */
export async function realVersion(
  claimed: Dialect,
  runs: (version: number) => Promise<readonly Row[]>,
): Promise<number> {
  const runsAt = async (version: number) => numberOf((await runs(version))[0], ['runs']) === 1;
  if ((await runsAt(claimed.version)) && !(await runsAt(claimed.version + 1))) {
    return claimed.version;
  }
  let lowest: number = RANGES[claimed.flavour].lowest;
  let highest: number = RANGES[claimed.flavour].highest;
  if (!(await runsAt(lowest))) return claimed.version;
  while (lowest < highest) {
    const middle = Math.ceil((lowest + highest) / 2);
    if (await runsAt(middle)) lowest = middle;
    else highest = middle - 1;
  }
  return lowest;
}
