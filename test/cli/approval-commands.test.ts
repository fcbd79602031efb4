// Names and options of what people sign with; what each does is its own file's test.
import { expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { Scene } from '../approval/scene.js';
import { recordedTerminal } from './recorded-terminal.js';

async function run(...argv: string[]) {
  const terminal = recordedTerminal();
  const code = await runProgram(argv, terminal, '0');
  return { code, ...terminal.said };
}

it.each([
  ['keygen'],
  ['keygen', '--person', 'alice', '--alg', 'RS256'],
  ['requests', 'A1', 'A2'],
  ['approve'],
  ['deny', 'A1', '--offline', 'x'],
])('takes %s %s %s as a usage error', async (...argv) => {
  expect((await run(...argv)).code).toBe(2);
});

it('takes groups and accounts with commas between', async () => {
  const { folder } = await Scene.open({});
  const who = ['--person', 'eve', '--groups', 'dba,security', '--accounts', 'eve,root'];
  const made = await run('keygen', ...who, '--out', folder, '--json');
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(made.out)).toMatchObject({ person: 'eve', algorithm: 'EdDSA' });
});
