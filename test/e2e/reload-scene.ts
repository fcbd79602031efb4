// Reloading under load: sets of rules that tell themselves apart, good and bad by turns, while sessions
// work; what must be true of every statement that was judged meanwhile.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { expect } from 'vitest';
import { askAdmin } from '../../src/admin/client.js';
import type { RunningInterlock } from '../support/interlock.js';

export const RELOADS = Number(env.INTERLOCK_RELOADS ?? 200);
export const RULES_IN_A_SET = 100;
const MEMORY_GROWTH_MIB_MAX = 80;

export async function reloadUnderLoad(made: RunningInterlock): Promise<void> {
  const load = await startLoad(made);
  const revisions = new Map<string, string>();
  let warmBytes = 0;
  try {
    for (let turn = 0; turn < RELOADS; turn += 1) {
      const letter = turn % 4 < 2 ? 'b' : 'a';
      revisions.set(letter, await reloadOnce(made, { letter, turn }));
      if (turn === Math.floor(RELOADS / 4)) warmBytes = await residentBytes(made);
    }
  } finally {
    await load.stop();
  }
  expect(load.refusals()).toBeGreaterThan(0);
  const grownMib = ((await residentBytes(made)) - warmBytes) / 1024 ** 2;
  console.info(`${RELOADS} reloads, ${load.refusals()} refusals, ${grownMib.toFixed(1)} MiB more`);
  expect(grownMib).toBeLessThan(MEMORY_GROWTH_MIB_MAX);
  for (const record of await made.records()) {
    if (record.kind !== 'decision') continue;
    const ids = record.rules.map(({ rule }) => rule);
    const letter = ids[0]?.charAt(0) ?? '';
    expect(ids).toEqual([0, 1, 2].map((n) => `${letter}-${n}`));
    expect(record.revision).toBe(revisions.get(letter));
  }
}

/** Every other one is broken, and changes nothing. Answers the revision that is in force then. */
async function reloadOnce(
  made: RunningInterlock,
  { letter, turn }: { readonly letter: string; readonly turn: number },
): Promise<string> {
  const isGood = turn % 2 === 0;
  await put(made, isGood ? setOf(letter) : (BAD[turn % BAD.length] ?? ''));
  const answer = await askAdmin(join(made.at.folder, 'admin.sock'), '/rules/reload', 'POST');
  const result = isGood ? 'loaded' : 'broken';
  expect(answer).toMatchObject({ result, rules: RULES_IN_A_SET, revision: expect.any(String) });
  return (answer as { revision: string }).revision;
}

/** Sessions that do both kinds of work until they are told to stop, and must never see another error. */
async function startLoad(made: RunningInterlock) {
  const clients = await Promise.all(Array.from({ length: 4 }, () => made.connect('db1')));
  let isOver = false;
  let refusals = 0;
  const working = Promise.all(
    clients.map(async (client) => {
      while (!isOver) {
        await client.query('SELECT 1');
        await expect(client.query('DROP TABLE app.kept')).rejects.toThrow(/Rule [ab]-0\./);
        refusals += 1;
      }
    }),
  );
  // Looked at when it is stopped; until then it must not end the process.
  working.catch(() => undefined);
  return {
    refusals: () => refusals,
    stop: async () => {
      isOver = true;
      await working;
    },
  };
}

const BAD = [
  'rules: [',
  'rules: 7',
  '',
  'a: &x [*x]',
  'rules:\n  - { id: c-0, match: { effect: drop-tabel }, verdict: deny }',
];

/** Three rules match the statement; half a set would show fewer, or those of two. */
export function setOf(letter: string): string {
  const rules = Array.from({ length: RULES_IN_A_SET }, (_, n) => ({
    id: `${letter}-${n}`,
    match: { effect: 'drop-table', table: n < 3 ? 'kept' : `t${n}` },
    verdict: 'deny',
  }));
  return JSON.stringify({ rules });
}

export async function put(made: RunningInterlock, text: string): Promise<void> {
  const next = join(made.at.folder, '.next');
  await writeFile(next, text);
  await rename(next, join(made.at.folder, 'rules.yaml'));
}

async function residentBytes(made: RunningInterlock): Promise<number> {
  const status = await readFile(`/proc/${made.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}
