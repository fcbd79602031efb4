// Names and options: what is no head, time or number is a usage error.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { change, linesIn, sixRecords } from '../audit/chained-scene.js';
import { temporaryFolder } from '../audit/temporary-folder.js';
import { recordedTerminal } from './recorded-terminal.js';

// Keys are made and many files read: a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 });

async function run(...argv: string[]) {
  const terminal = recordedTerminal();
  const code = await runProgram(['audit', ...argv], terminal, '0');
  return { code, ...terminal.said };
}

describe('interlock audit', () => {
  it.each([
    ['show', '--since', 'yesterday'],
    ['show', '--limit', 'all'],
    ['show', '--verdict', 'maybe'],
    ['verify', '--head', 'abc'],
    ['verify', '--nothing'],
  ])('refuses %s %s %s as usage', async (...argv) => {
    expect((await run(...argv.filter((each) => each !== undefined))).code).toBe(2);
  });

  it('verifies files by name, with a head that was cut for a metric', async () => {
    const file = await sixRecords();
    const { out } = await run('verify', file);
    const head = /head (6:[0-9a-f]{13})/.exec(out)?.[1] ?? '';
    expect((await run('verify', file, '--head', head)).code).toBe(0);
    change(file, (lines) => lines.slice(0, 5));
    expect(linesIn(file)).toHaveLength(5);
    expect((await run('verify', file, '--head', head)).code).toBe(1);
  });

  it('shows any of several verdicts', async () => {
    const verdicts = ['permit', 'deny', 'require-approval'];
    const lines = verdicts.map((verdict, at) =>
      JSON.stringify({
        ...{ v: 1, kind: 'decision', id: `R${at}`, time: '2026-11-27T22:30:00.000Z' },
        ...{ verdict, effects: [], rules: [], links: [], reach: [], server: 'db1' },
      }),
    );
    const file = join(temporaryFolder(), 'audit.jsonl');
    writeFileSync(file, `${lines.join('\n')}\n`);
    const asked = ['--verdict', 'deny', '--verdict', 'require-approval'];
    const { out } = await run('show', '--json', '--file', file, ...asked);
    expect(JSON.parse(out).map(({ id }: { id: string }) => id)).toEqual(['R1', 'R2']);
  });

  it('shows nothing of what is no decision', async () => {
    const file = await sixRecords();
    expect(await run('show', '--file', file)).toMatchObject({
      code: 0,
      out: 'No record matches.\n',
    });
  });
});
