// The watching itself, over servers that nobody started: what is drawn, printed and left behind. With
// real ones it is in test/e2e/links-command.test.ts.
import { describe, expect, it } from 'vitest';
import { watchLinks } from '../../src/cli/links-watch.js';
import { ENTER_SCREEN, LEAVE_SCREEN } from '../../src/cli/screen.js';
import { EXIT, type Terminal } from '../../src/cli/terminal.js';
import { loadConfig } from '../../src/config/load.js';
import { GOOD_CONFIG, optionsWith, recordedTerminal } from './recorded-terminal.js';

async function watched(changes: Partial<Terminal>, json = false) {
  const loaded = loadConfig((await optionsWith(GOOD_CONFIG)).config);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  let ticks = 0;
  let stop: (signal: string) => void = () => undefined;
  const stopped = new Promise<string>((resolve) => {
    stop = resolve;
  });
  const terminal = recordedTerminal({
    env: { MONITOR_PASSWORD: 'x' },
    stopRequested: () => stopped,
    ...changes,
  });
  const counting: Terminal = {
    ...terminal,
    out: (text) => {
      terminal.out(text);
      ticks += 1;
      if (ticks >= 4 || terminal.screen === undefined) setTimeout(() => stop('SIGINT'), 50);
    },
  };
  const exit = await watchLinks(loaded.value, { everyMs: 10, json }, counting);
  return { exit, out: terminal.said.out };
}

describe('watching the links', () => {
  it('draws over the last picture, and leaves the last one when it ends', async () => {
    const screen = { rows: () => 12, columns: () => 80 };
    const { exit, out } = await watched({ screen });
    expect(exit).toBe(EXIT.unreachable);
    expect(out.startsWith(ENTER_SCREEN)).toBe(true);
    expect(out.split(ENTER_SCREEN)).toHaveLength(2);
    const [drawn = '', left = ''] = out.split(LEAVE_SCREEN);
    expect(drawn.split('\u001B[H').length).toBeGreaterThan(2);
    expect(drawn).toContain('every 0.01 s (Ctrl-C ends)');
    expect(left).toMatch(/^Servers\n/);
    expect(left).not.toContain('\u001B');
  });

  it('prints what has changed, plainly, where there is no screen', async () => {
    const { out } = await watched({});
    expect(out.split('Servers\n')).toHaveLength(2);
    expect(out).not.toContain('\u001B');
  });

  it('prints one line of JSON a change', async () => {
    const { out } = await watched({}, true);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).v)).toEqual([1]);
  });

  it('says what is missing, and ends', async () => {
    const { exit } = await watched({ env: {} });
    expect(exit).toBe(EXIT.usage);
  });
});
