// `npm run conformance`: a server's own test suite, directly and through Interlock. Prints figures
// and every difference; exits 1 if there is one, 3 if tests are left for the next run.
import { parseArgs } from 'node:util';
import { messageOf } from '../src/errors.js';
import type { FetchOptions } from '../src/lab/fetch.js';
import { surroundings } from '../src/lab/surroundings.js';
import { buildDigest } from './build.js';
import { examineAll } from './campaign.js';
import { type Edition, mariadbEdition, mysqlEdition } from './edition.js';
import { told } from './examine.js';
import { type Journal, journalInMemory, openJournal } from './journal.js';
import { differences, figures } from './report.js';
import { sample } from './sample.js';
import { type LeftOut, readSuite, type SuiteTest } from './suite.js';

const USAGE = `npm run conformance -- [options]
  --line mariadb-10.11|mysql-9   whose suite (mariadb-10.11)
  --sample N                     only N tests, drawn by --seed (1)
  --only NAME[,NAME…]            only these
  --workers N                    servers side by side (2)
  --timeout SECONDS              per run of one test (60)
  --results FILE                 every finding, a line of JSON each; a run that is given the
                                 file of an earlier one goes on from there
  --minutes N                    begin no test after that
  --again KIND[,KIND…]           try those again that the file knows as different, unsteady,
                                 unstable, fails or skipped
`;

interface Wanted {
  readonly only?: string;
  readonly sample?: string;
  readonly seed: string;
  readonly again: string;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      line: { type: 'string', default: 'mariadb-10.11' },
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      workers: { type: 'string', default: '2' },
      timeout: { type: 'string', default: '60' },
      results: { type: 'string' },
      minutes: { type: 'string', default: 'Infinity' },
      again: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const fetch: FetchOptions = {
    surroundings: surroundings(),
    report: (line) => process.stderr.write(`${line}\n`),
  };
  const edition = await (values.line === 'mysql-9' ? mysqlEdition(fetch) : mariadbEdition(fetch));
  const { tests, leftOut } = await readSuite(edition.suite);
  const journal = await journalOf(edition, values.results);
  const chosen = choose(tests, values);
  const endsAt = performance.now() + Number(values.minutes) * 60_000;
  let left = toTry(chosen, journal, values);
  await examineAll({
    edition,
    tests: left,
    fetch,
    workers: Number(values.workers),
    deadlineMs: Number(values.timeout) * 1_000,
    mayBegin: () => performance.now() < endsAt,
    onFinding: (test, finding) => {
      journal.add({ name: test.name, finding });
      left = left.filter((each) => each !== test);
      const why = finding.kind === 'same' ? `${finding.tookMs} ms` : firstLine(told(finding.why));
      process.stderr.write(`${left.length} left, ${finding.kind} ${test.name}: ${why}\n`);
    },
  });
  return report(journal, chosen.length === tests.length ? leftOut : [], left.length);
}

async function journalOf({ line, version }: Edition, file: string | undefined): Promise<Journal> {
  if (file === undefined) return journalInMemory();
  return openJournal(file, { server: `${line} ${version}`, build: await buildDigest() });
}

/** Those without a finding, and those whose finding is to be tried again. */
function toTry(
  chosen: readonly SuiteTest[],
  journal: Journal,
  { again }: Wanted,
): readonly SuiteTest[] {
  const kinds = again.split(',');
  const known = new Map(journal.results().map(({ name, finding }) => [name, finding.kind]));
  return chosen.filter(({ name }) => {
    const kind = known.get(name);
    return kind === undefined || kinds.includes(kind);
  });
}

function report(journal: Journal, leftOut: readonly LeftOut[], left: number): number {
  const results = journal.results();
  process.stdout.write(`${figures(results, leftOut)}\n\n${differences(results)}\n`);
  if (left > 0)
    process.stdout.write(`${left} tests are left: the same command goes on with them\n`);
  if (results.some(({ finding }) => finding.kind === 'different')) return 1;
  return left > 0 ? 3 : 0;
}

function choose(tests: readonly SuiteTest[], values: Wanted): readonly SuiteTest[] {
  if (values.only !== undefined) {
    const names = values.only.split(',');
    return tests.filter(({ name }) => names.includes(name));
  }
  if (values.sample === undefined) return tests;
  return sample(tests, Number(values.sample), Number(values.seed));
}

function firstLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' | ').slice(0, 300);
}

process.exitCode = await main().catch((thrown: unknown) => {
  process.stderr.write(`${messageOf(thrown)}\n`);
  return 2;
});
