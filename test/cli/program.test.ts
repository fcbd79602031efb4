import { describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { EXIT } from '../../src/cli/terminal.js';
import { GOOD_CONFIG, optionsWith, recordedTerminal } from './recorded-terminal.js';

async function run(...argv: readonly string[]) {
  const terminal = recordedTerminal();
  const code = await runProgram(argv, terminal, '1.2.3');
  return { code, ...terminal.said };
}

describe('the command line', () => {
  it('lists its subcommands, each with what it does', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(EXIT.ok);
    for (const name of ['run', 'check', 'links', 'explain', 'demo']) {
      expect(out).toMatch(new RegExp(`^  ${name}\\b.* {2,}\\S+`, 'm'));
    }
  });

  it('says its version', async () => {
    expect(await run('--version')).toEqual({ code: EXIT.ok, out: '1.2.3\n', err: '' });
    expect(await run('-V')).toEqual({ code: EXIT.ok, out: '1.2.3\n', err: '' });
  });

  it('takes --version behind explain for the server’s', async () => {
    const imagined = ['--links', 'live', '--flavour', 'mysql', '--version', '9.7'];
    const { code, out } = await run('explain', 'SELECT 1', ...imagined);
    expect(code).toBe(EXIT.ok);
    expect(out).toContain('permit');
  });

  it.each([
    { argv: ['no-such-command'], word: 'unknown command' },
    { argv: ['check', '--no-such-option'], word: 'unknown option' },
    { argv: ['explain'], word: 'missing required argument' },
    { argv: ['explain', 'a', 'b'], word: 'too many arguments' },
    { argv: ['explain', 'SELECT 1', '--links', 'loose'], word: 'Allowed choices are' },
    { argv: ['check', '--config'], word: 'argument missing' },
    { argv: [], word: 'Usage: interlock' },
  ])('$argv is a usage error that says why', async ({ argv, word }) => {
    const { code, err, out } = await run(...argv);
    expect(code).toBe(EXIT.usage);
    expect(err).toContain(word);
    expect(out).toBe('');
  });

  it.each([['keygen'], ['demo']])(
    'takes --config behind %s too, where it is not read',
    async (name) => {
      const { out } = await run(name, '--config', 'none.yaml', '--help');
      expect(out).toContain('--config <file>');
      expect(out).not.toMatch(/default: (false|\[\])/);
    },
  );

  it('hands the configuration’s name on', async () => {
    const { config } = await optionsWith(GOOD_CONFIG);
    const { code, out } = await run('check', '--offline', '--config', config);
    expect(code).toBe(EXIT.ok);
    expect(out).toContain(config);
    const missing = await run('check', '--offline', '-c', `${config}.none`);
    expect(missing.code).toBe(EXIT.notOk);
    expect(missing.err).toContain('interlock.yaml.none');
  });
});
