// `npm run conformance`: a server's own test suite, directly and through Interlock. Prints figures
// and every difference; exits 1 if there is one.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/errors.js';
import type { FetchOptions } from '../src/lab/fetch.js';
import { surroundings } from '../src/lab/surroundings.js';
import { examineAll } from './campaign.js';
import { mariadbEdition, mysqlEdition } from './edition.js';
import { told } from './examine.js';
import { differences, figures, type Result } from './report.js';
import { sample } from './sample.js';
import { readSuite, type SuiteTest } from './suite.js';

const USAGE = `npm run conformance -- [options]
  --line mariadb-10.11|mysql-9   whose suite (mariadb-10.11)
  --sample N                     only N tests, drawn by --seed (1)
  --only NAME[,NAME…]            only these
  --workers N                    servers side by side (2)
  --timeout SECONDS              per run of one test (60)
  --json FILE                    every finding, as JSON
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      line: { type: 'string', default: 'mariadb-10.11' },
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      workers: { type: 'string', default: '2' },
      timeout: { type: 'string', default: '60' },
      json: { type: 'string' },
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
  const chosen = choose(tests, values);
  const results: Result[] = [];
  await examineAll({
    edition,
    tests: chosen,
    fetch,
    workers: Number(values.workers),
    deadlineMs: Number(values.timeout) * 1_000,
    onFinding: ({ name }, finding) => {
      results.push({ name, finding });
      const why = finding.kind === 'same' ? `${finding.tookMs} ms` : firstLine(told(finding.why));
      process.stderr.write(`${results.length}/${chosen.length} ${finding.kind} ${name}: ${why}\n`);
    },
  });
  const all = chosen.length === tests.length ? leftOut : [];
  if (values.json !== undefined) {
    await writeFile(values.json, `${JSON.stringify({ results, leftOut: all }, null, 1)}\n`);
  }
  process.stdout.write(`${figures(results, all)}\n\n${differences(results)}\n`);
  return results.some(({ finding }) => finding.kind === 'different') ? 1 : 0;
}

function choose(
  tests: readonly SuiteTest[],
  values: { readonly only?: string; readonly sample?: string; readonly seed: string },
): readonly SuiteTest[] {
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
