// One test, judged: twice directly, and if it printed the same both times, once through Interlock.
// A difference is tried again both ways before it is called one.
import { copyFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Surroundings } from '../src/lab/surroundings.js';
import { comparable, type Difference, firstDifference } from './compare.js';
import { CLIENTS, commandLine, type Edition, suiteEnvironment } from './edition.js';
import { INHERENT } from './inherent.js';
import { type Outcome, runMysqltest } from './mysqltest.js';
import { emptyTemporaryFolder, type Stand } from './stand.js';
import type { SuiteTest } from './suite.js';

export type Finding =
  | { readonly kind: 'same'; readonly tookMs: number }
  | { readonly kind: 'different'; readonly why: Difference | string }
  /** Different for a reason that inherent.ts gives. */
  | { readonly kind: 'inherent'; readonly why: string }
  /** Different at first, the same when both ways were tried again. */
  | { readonly kind: 'unsteady'; readonly why: Difference | string }
  /** Does not print the same twice without Interlock, and so says nothing about it. */
  | { readonly kind: 'unstable'; readonly why: string }
  | { readonly kind: 'fails'; readonly why: string }
  | { readonly kind: 'skipped'; readonly why: string };

export interface Examination {
  readonly edition: Edition;
  readonly stand: Stand;
  readonly surroundings: Surroundings;
  readonly deadlineMs: number;
}

export async function examine(test: SuiteTest, how: Examination): Promise<Finding> {
  const first = await attempt(test, 'direct', how);
  if (first.kind === 'skipped') return first;
  if (first.kind !== 'printed') return { kind: 'fails', why: reason(first) };
  const second = await attempt(test, 'direct', how);
  const unstable = difference(first, second, how);
  if (unstable !== undefined) return { kind: 'unstable', why: told(unstable) };
  const through = await attempt(test, 'through', how);
  const found = difference(first, through, how);
  if (found === undefined) return { kind: 'same', tookMs: first.tookMs };
  const third = await attempt(test, 'direct', how);
  const late = difference(first, third, how);
  if (late !== undefined) return { kind: 'unstable', why: told(late) };
  const inherent = INHERENT[test.name];
  if (inherent !== undefined) return { kind: 'inherent', why: inherent };
  const again = difference(first, await attempt(test, 'through', how), how);
  return { kind: again === undefined ? 'unsteady' : 'different', why: again ?? found };
}

function difference(
  first: Outcome & { readonly kind: 'printed' },
  other: Outcome,
  { stand }: Examination,
): Difference | string | undefined {
  if (other.kind !== 'printed') return reason(other);
  const routes = Object.values(stand.routes).map((port) => ({ port }));
  return firstDifference(comparable(first.text, routes), comparable(other.text, routes));
}

async function attempt(
  test: SuiteTest,
  route: 'direct' | 'through',
  how: Examination,
): Promise<Outcome> {
  const { edition, stand } = how;
  const { folder } = edition.suite;
  await stand.restore();
  await emptyTemporaryFolder(stand.varFolder);
  // Tests count what they find in it.
  await truncate(join(stand.varFolder, 'log/mysqld.1.err')).catch(() => undefined);
  const configFile = join(stand.varFolder, `${route}.cnf`);
  await copyFile(configFile, join(stand.varFolder, 'my.cnf'));
  const resultFile = join(stand.varFolder, 'log', `${test.name}.result`);
  const args = [
    `--defaults-file=${configFile}`,
    '--silent',
    `--tmpdir=${join(stand.varFolder, 'tmp')}`,
    `--logdir=${join(stand.varFolder, 'log')}`,
    '--database=test',
    ...(edition.line === 'mariadb-10.11' ? [`--suite-dir=${join(folder, 'main')}/`] : []),
  ];
  const env = environment(how, route, configFile);
  return runMysqltest({
    program: edition.mysqltest,
    args: [...args, `--test-file=${test.file}`, `--result-file=${resultFile}`, '--record'],
    folder,
    env: {
      ...env,
      MTR_TEST_NAME: test.name,
      MYSQL_TEST: [commandLine(edition.mysqltest), ...args].join(' '),
    },
    resultFile,
    deadlineMs: how.deadlineMs,
  });
}

function environment(
  { edition, stand, surroundings }: Examination,
  route: 'direct' | 'through',
  configFile: string,
): Readonly<Record<string, string | undefined>> {
  const { varFolder, server, programs } = stand;
  const { folder } = edition.suite;
  return {
    ...suiteEnvironment(surroundings),
    ...Object.fromEntries(
      Object.entries(programs).map(([name, script]) => [
        name,
        CLIENTS.test(name) ? `${script} --defaults-file=${configFile}` : script,
      ]),
    ),
    MYSQL_SHAREDIR: join(edition.charsets, '..'),
    MYSQL_CHARSETSDIR: edition.charsets,
    CHARSETSDIR: edition.charsets,
    MYSQL_TEST_DIR: folder,
    MYSQLTEST_VARDIR: varFolder,
    MYSQLTEST_REAL_VARDIR: varFolder,
    MYSQL_TMP_DIR: join(varFolder, 'tmp'),
    MASTER_MYPORT: String(stand.routes[route]),
    MASTER_MYSOCK: server.socket,
    SECURE_LOAD_PATH: join(folder, 'std_data'),
    MYSQLTEST_FILE: configFile,
    DEFAULT_MASTER_PORT: '3306',
    OPENSSL_ENABLE_SHA1_SIGNATURES: '1',
    USE_RUNNING_SERVER: '0',
    HAVE_BROKEN_DNS: '0',
    STAGING_RUN: '0',
  };
}

function reason(outcome: Exclude<Outcome, { readonly kind: 'printed' }>): string {
  switch (outcome.kind) {
    case 'skipped':
      return `skipped: ${outcome.why}`;
    case 'failed':
      return outcome.why;
    case 'late':
      return `not finished after ${outcome.deadlineMs} ms`;
  }
  outcome satisfies never;
}

export function told(why: Difference | string): string {
  if (typeof why === 'string') return why;
  return `line ${why.line}:\n--- directly\n${why.directly}\n--- through\n${why.through}`;
}
