import { describe, expect, it } from 'vitest';
import { configurationOf } from '../../src/cli/configuration.js';
import { GOOD_CONFIG, optionsWith, recordedTerminal } from './recorded-terminal.js';

describe('the configuration of a subcommand', () => {
  it('is read without a word when it is right', async () => {
    const terminal = recordedTerminal();
    const config = configurationOf(await optionsWith(GOOD_CONFIG), terminal);
    expect(config?.servers.map(({ name }) => name)).toEqual(['db1', 'db2']);
    expect(terminal.said).toEqual({ out: '', err: '' });
  });

  it('is refused with file, line and column when it is wrong', async () => {
    const terminal = recordedTerminal();
    const options = await optionsWith(GOOD_CONFIG.replace('listen', 'lisen'));
    expect(configurationOf(options, terminal)).toBeUndefined();
    expect(terminal.said.err).toContain(`${options.config}:2:`);
    expect(terminal.said.err).toContain('error:');
    expect(terminal.said.out).toBe('');
  });

  it('is used with a warning when it is only odd', async () => {
    const terminal = recordedTerminal();
    const options = await optionsWith(GOOD_CONFIG.replace(', listen: 127.0.0.1:0', ''));
    expect(configurationOf(options, terminal)).toBeDefined();
    expect(terminal.said.err).toContain('warning:');
    expect(terminal.said.err).toContain('nothing is guarded');
  });

  it('says which file is missing', async () => {
    const terminal = recordedTerminal();
    const options = await optionsWith(GOOD_CONFIG);
    const missing = `${options.folder}/none.yaml`;
    expect(configurationOf({ ...options, config: missing }, terminal)).toBeUndefined();
    expect(terminal.said.err).toContain(missing);
  });
});
