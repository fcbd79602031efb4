// What needs servers or a running Interlock is in test/e2e; this is what can be told without.
import { describe, expect, it } from 'vitest';
import { linksCommand } from '../../src/cli/links.js';
import { EXIT } from '../../src/cli/terminal.js';
import { GOOD_CONFIG, optionsWith, recordedTerminal } from './recorded-terminal.js';

describe('interlock links', () => {
  it('is a usage error when the configuration is wrong', async () => {
    const terminal = recordedTerminal();
    const options = await optionsWith(GOOD_CONFIG.replace('address', 'adress'));
    expect(await linksCommand(options, terminal)).toBe(EXIT.usage);
    expect(terminal.said.err).toContain('error:');
  });

  it('says that no Interlock runs, and which password is missing to ask by itself', async () => {
    const terminal = recordedTerminal();
    expect(await linksCommand(await optionsWith(GOOD_CONFIG), terminal)).toBe(EXIT.usage);
    expect(terminal.said.err).toContain('no Interlock runs on this configuration');
    expect(terminal.said.err).toContain('MONITOR_PASSWORD');
    expect(terminal.said.out).toBe('');
  });
});
