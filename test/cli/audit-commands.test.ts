// Names and options: what is no head, time or number is a usage error.
import { describe, expect, it, vi } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { change, linesIn, sixRecords } from '../audit/chained-scene.js';
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

  it('shows nothing of what is no decision', async () => {
    const file = await sixRecords();
    expect(await run('show', '--file', file)).toMatchObject({
      code: 0,
      out: 'No record matches.\n',
    });
  });
});
