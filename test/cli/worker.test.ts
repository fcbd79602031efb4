import { expect, it } from 'vitest';
import { workerCommand } from '../../src/cli/worker.js';
import { recordedTerminal } from './recorded-terminal.js';

it('is for `run` to start, and says so to people', async () => {
  const terminal = recordedTerminal();
  expect(await workerCommand('1', terminal)).toBe(2);
  expect(terminal.said.err).toContain('interlock run starts its workers itself');
});
