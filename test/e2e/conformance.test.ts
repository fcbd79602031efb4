// A sample of MariaDB's own test suite, run by its own client: what a test prints twice directly
// it prints through Interlock. `npm run conformance` runs the whole suite (docs/conformance.md).
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Edition, mariadbEdition } from '../../conformance/edition.js';
import { examine } from '../../conformance/examine.js';
import { openStand, type Stand } from '../../conformance/stand.js';
import { readSuite, type SuiteTest } from '../../conformance/suite.js';
import { FETCH } from '../support/client-programs.js';

const NAMES = readFileSync('conformance/ci-sample.txt', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

let edition: Edition;
let stand: Stand;
let tests: ReadonlyMap<string, SuiteTest>;

beforeAll(async () => {
  edition = await mariadbEdition(FETCH);
  stand = await openStand(edition, FETCH);
  tests = new Map((await readSuite(edition.suite)).tests.map((test) => [test.name, test]));
});
afterAll(() => stand?.close());

it('the sample is at least 60 tests', () => {
  expect(new Set(NAMES).size).toBeGreaterThanOrEqual(60);
});

it.each(NAMES)('%s prints the same through Interlock', async (name) => {
  const test = tests.get(name);
  if (test === undefined) throw new Error(`the suite has no runnable test ${name}`);
  const { surroundings } = FETCH;
  const finding = await examine(test, { edition, stand, surroundings, deadlineMs: 30_000 });
  expect(finding).toMatchObject({ kind: 'same' });
});

it.each([undefined, { rejectUnauthorized: false }])(
  'a client that vanishes lets go of the lock it waits for (TLS: %o)',
  async (ssl) => {
    const { server, interlock } = stand;
    const waiting = "SELECT 1 FROM information_schema.PROCESSLIST WHERE STATE = 'User lock'";
    await server.query("DO GET_LOCK('vanishing', 1)");
    const client = await interlock.connect('db1', ssl === undefined ? {} : { ssl });
    client.query("DO GET_LOCK('vanishing', 600)").catch(() => undefined);
    await expect.poll(() => server.query(waiting)).toHaveLength(1);
    client.destroy();
    await expect.poll(() => server.query(waiting), { timeout: 20_000 }).toHaveLength(0);
    await server.query("DO RELEASE_LOCK('vanishing')");
  },
);
