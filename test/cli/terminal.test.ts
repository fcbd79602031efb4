import { describe, expect, it } from 'vitest';
import { EXIT, printJson } from '../../src/cli/terminal.js';
import { recordedTerminal } from './recorded-terminal.js';

describe('the terminal', () => {
  it('prints one JSON document, ended by a line break, and nothing else', () => {
    const terminal = recordedTerminal();
    printJson(terminal, { ok: true });
    expect(terminal.said.err).toBe('');
    expect(terminal.said.out.endsWith('}\n')).toBe(true);
    expect(JSON.parse(terminal.said.out)).toEqual({ ok: true });
  });

  it('has the exit codes that scripts rely on', () => {
    expect(EXIT).toEqual({ ok: 0, notOk: 1, usage: 2, unreachable: 3 });
  });
});
