// What is said of the servers' own test suites, against what the servers then do. Always the same
// few files here; `npm run exactness` takes the minutes a line it is given and prints the figures.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { env, stdout } from 'node:process';
import { expect, it } from 'vitest';
import { fetchTools } from '../../src/lab/fetch.js';
import type { ServerLine } from '../../src/lab/lines.js';
import { surroundings } from '../../src/lab/surroundings.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { runSuite } from './exactness-run.js';

const MINUTES = Number(env.INTERLOCK_EXACTNESS_MINUTES ?? 0);
/** Where no minutes are given: as many files, however fast the machine is. */
const FILES = 40;
const FILES_DEADLINE_MS = 240_000;
const DEADLINE_MS = MINUTES > 0 ? MINUTES * 60_000 : FILES_DEADLINE_MS;
/** Fewer destructive statements than these prove nothing. */
const ENOUGH = 20;
/** Which half of the files comes first: any number gives another order, always the same one. */
const SEED = Number(env.INTERLOCK_EXACTNESS_SEED ?? 1);

/** `3/20`: the third of twenty parts of the files, so that runs one after the other are of others. */
const [PART = 1, PARTS = 1] = (env.INTERLOCK_EXACTNESS_PART ?? '1/1').split('/').map(Number);

/** A suite that is 338 MB big is only asked for where there is time to run it. */
async function filesFor(line: ServerLine): Promise<readonly string[]> {
  const options = { surroundings: surroundings(), report: () => undefined };
  const isLong = MINUTES >= 1;
  const tool = line === 'mysql-9' && isLong ? 'mysql-test' : 'mariadb-test';
  const { folder } = await fetchTools(tool, options);
  const suite = join(folder, tool === 'mysql-test' ? 'usr/lib' : 'usr/share/mysql', 'mysql-test');
  const names = await readdir(suite, { recursive: true });
  const files = names.filter((name) => name.endsWith('.test') && !/ndb|stress|crash/.test(name));
  const paths = shuffled(files.sort(), SEED).map((name) => join(suite, name));
  if (MINUTES === 0) return paths.slice(0, FILES);
  return paths.filter((_, index) => index % PARTS === PART - 1);
}

function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  let state = seed;
  const keyed = items.map((item) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return { item, key: state >>> 8 };
  });
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item);
}

describeOnEveryLine('the reader against the suite', (line) => {
  const { lab } = labWith({ line, servers: [] });

  it(
    'calls nothing destructive harmless, and next to nothing harmless guarded',
    async () => {
      const files = await filesFor(line);
      const deadlineMs = performance.now() + DEADLINE_MS;
      const figures = await runSuite({ line, lab: lab(), files, deadlineMs });
      const { missed, falseAlarms, ...counts } = figures;
      const told = {
        line,
        seed: SEED,
        ...counts,
        missed: missed.length,
        falseAlarms: falseAlarms.length,
      };
      stdout.write(`${JSON.stringify(told)}\n`);
      if (MINUTES >= 1) stdout.write(`${falseAlarms.join('\n')}\n`);
      expect(missed).toEqual([]);
      expect(falseAlarms.length).toBeLessThanOrEqual(Math.max(1, figures.harmless / 1000));
      expect(figures.destructive).toBeGreaterThan(ENOUGH);
    },
    DEADLINE_MS + 120_000,
  );
});
