import { describe, expect, it } from 'vitest';
import { explainCommand } from '../../src/cli/explain.js';
import {
  type AskerOptions,
  askerUsage,
  loggedAs,
  requesterOf,
} from '../../src/cli/explain-asker.js';
import { optionsWith, recordedTerminal } from './recorded-terminal.js';

const CONFIG = `servers:
  db1: { address: 127.0.0.1:1, listen: 127.0.0.1:0 }
monitor: { user: interlock, passwordEnv: MONITOR_PASSWORD }
rules: ./rules.yaml
`;
const RULES = `rules:
  - { id: from-afar, match: { client: 10.0.0.0/8 }, verdict: deny }
  - { id: by-batch, match: { program: "batch*" }, verdict: deny }
  - { id: logged, match: { logged: true }, verdict: permit }
  - { id: large, match: { rows: ">1000", bytes: ">1KiB" }, verdict: deny }
`;

async function explained(options: Partial<AskerOptions>): Promise<string> {
  const terminal = recordedTerminal();
  const common = await optionsWith(CONFIG, { 'rules.yaml': RULES });
  const all = { user: 'somebody', rows: '0', ...common, links: 'severed' as const, ...options };
  await explainCommand('DROP TABLE app.t', all, terminal);
  return `${terminal.said.out}${terminal.said.err}`;
}

describe('explain, for somebody', () => {
  it('takes address, program and sizes as they are given', async () => {
    expect(await explained({})).toContain('permit by logged');
    expect(await explained({ client: '10.1.2.3' })).toContain('deny by from-afar');
    expect(await explained({ program: 'batch-7' })).toContain('deny by by-batch');
    expect(await explained({ rows: '5000', bytes: '5000' })).toContain('deny by large');
    expect(await explained({ rows: '5000', bytes: '5' })).toContain(
      'bytes is 5 (app.t), wanted >1KiB',
    );
    expect(await explained({ logged: 'no' })).toContain('permit by none');
  });

  it('knows no size that nobody told', async () => {
    const { rows: _, ...unsized } = { rows: '', user: 'somebody' };
    const terminal = recordedTerminal();
    const common = await optionsWith(CONFIG, { 'rules.yaml': RULES });
    await explainCommand('DROP TABLE app.t', { ...unsized, ...common, links: 'severed' }, terminal);
    expect(terminal.said.out).toContain('deny by large');
  });

  it('is a usage error when a size is no number', async () => {
    expect(askerUsage({ user: 'a', rows: '7' })).toBeUndefined();
    expect(await explained({ rows: 'many' })).toContain('--rows many: expected a whole number');
  });

  it('leaves out what was not said', () => {
    expect(requesterOf({ user: 'a' }, 'db2')).toEqual({
      ...{ server: 'db2', user: 'a', address: '127.0.0.1' },
      ...{ session: 0, threadId: 0, port: 0 },
    });
    expect(loggedAs({ user: 'a' })).toEqual({ logged: 'unknown' });
    expect(loggedAs({ user: 'a', logged: 'yes' })).toEqual({ logged: true });
    expect(loggedAs({ user: 'a', logged: 'no' })).toEqual({ logged: false, travelsTo: [] });
  });
});
