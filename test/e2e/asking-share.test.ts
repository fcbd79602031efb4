// How often a session would be asked, over the statements of the servers' own suites: a question is a
// round trip, and what reads in one way only must not pay it. No server is started.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env, stdout } from 'node:process';
import { expect, it } from 'vitest';
import { fetchTools } from '../../src/lab/fetch.js';
import { surroundings } from '../../src/lab/surroundings.js';
import { whyAsk } from '../../src/session/asked-why.js';
import { SessionState } from '../../src/session/session-state.js';
import type { Dialect } from '../../src/sql/dialect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { statementsOf } from './exactness-statements.js';

const DIALECTS: Readonly<Record<string, Dialect>> = {
  'mariadb-10.11': { flavour: 'mariadb', version: 101_119 },
  'mysql-9': { flavour: 'mysql', version: 90_704 },
  'mysql-5.6': { flavour: 'mysql', version: 50_624 },
};
/** `all`: every file of both suites (MySQL's has 338 MB); else every twentieth of MariaDB's. */
const IS_WHOLE = env.INTERLOCK_ASKING_SUITES === 'all';
const STEP = IS_WHOLE ? 1 : 20;

const state = new SessionState(
  { server: 'db1', session: 1, address: '127.0.0.1', port: 1 },
  { capabilities: { common: 0, mariadb: 0 }, threadId: 1, user: 'u', database: 'test' },
);

async function files(tool: 'mariadb-test' | 'mysql-test'): Promise<readonly string[]> {
  const { folder } = await fetchTools(tool, {
    surroundings: surroundings(),
    report: () => undefined,
  });
  const suite = join(folder, tool === 'mysql-test' ? 'usr/lib' : 'usr/share/mysql', 'mysql-test');
  const names = (await readdir(suite, { recursive: true })).filter((name) =>
    name.endsWith('.test'),
  );
  return names
    .sort()
    .filter((_, index) => index % STEP === 0)
    .map((name) => join(suite, name));
}

async function shareOf(paths: readonly string[], dialect: Dialect) {
  const asked: Record<string, number> = { statements: 0, guarded: 0 };
  const readings: string[] = [];
  for (const path of paths) {
    for (const sql of statementsOf(await readFile(path, 'latin1'))) {
      const text = Buffer.from(sql, 'latin1');
      const worst = readText(text, state.readContext(dialect));
      asked.statements = (asked.statements ?? 0) + 1;
      if (worst.effects.length === 0) continue;
      asked.guarded = (asked.guarded ?? 0) + 1;
      const why = whyAsk('COM_QUERY', { text, worst, prepared: undefined }, state) ?? 'not';
      asked[why] = (asked[why] ?? 0) + 1;
      if (why === 'reading') readings.push(sql.trim());
    }
  }
  return { asked, readings };
}

it.each(IS_WHOLE ? (['mariadb-test', 'mysql-test'] as const) : (['mariadb-test'] as const))(
  'asks nothing of what reads in one way, in %s',
  async (tool) => {
    const paths = await files(tool);
    for (const [line, dialect] of Object.entries(DIALECTS)) {
      const { asked, readings } = await shareOf(paths, dialect);
      stdout.write(`${JSON.stringify({ tool, line, ...asked })}\n`);
      if (IS_WHOLE) stdout.write(`${readings.join('\n')}\n`);
      const { statements = 0 } = asked;
      expect(statements).toBeGreaterThan(IS_WHOLE ? 100_000 : 1_000);
      expect(readings.length).toBeLessThanOrEqual(Math.max(1, statements / 10_000));
    }
  },
  IS_WHOLE ? 1_800_000 : 120_000,
);
