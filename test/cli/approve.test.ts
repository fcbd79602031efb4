import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ApproveOptions, approveCommand } from '../../src/cli/approve.js';
import { Scene } from '../approval/scene.js';
import { adminOf } from './admin-scene.js';
import { recordedTerminal } from './recorded-terminal.js';

/** A request that waits, and alice's key in a file. */
async function stage() {
  const scene = await Scene.open();
  // The command line signs by the clock of the machine.
  scene.nowMs = Date.now();
  const request = await scene.request();
  const key = join(scene.folder, 'alice.key');
  const own = scene.keys.get('alice');
  const text = JSON.stringify({ ...own?.jwk, kid: own?.kid, alg: 'EdDSA', person: 'alice' });
  writeFileSync(key, text, { mode: 0o600 });
  const common = await adminOf(scene);
  const approve: ApproveOptions = { ...common, decision: 'approve', key, yes: true };
  const terminal = recordedTerminal();
  const out = (): string => terminal.said.out;
  const err = (): string => terminal.said.err;
  return { scene, request, key, approve, terminal, out, err };
}

describe('interlock approve', () => {
  it('shows what it says before it asks, and signs only for a yes', async () => {
    const { scene, approve, terminal, err } = await stage();
    const answers = ['no', '', 'yes'];
    const asking = {
      ...terminal,
      ask: async (question: string) => {
        expect(err()).toContain('DROP TABLE `app`.`t`');
        expect(question).toContain('as alice');
        return answers.shift() ?? '';
      },
    };
    const one = { ...approve, id: 'A1', yes: false };
    expect(await approveCommand(one, asking)).toBe(1);
    expect(await approveCommand(one, terminal)).toBe(1);
    expect(await approveCommand(one, asking)).toBe(1);
    expect((await scene.approvals.find('A1'))?.signatures).toEqual([]);
    expect(await approveCommand(one, asking)).toBe(0);
    expect((await scene.approvals.find('A1'))?.signatures).toHaveLength(1);
  });

  it('signs an exported request alone, and hands in what was signed elsewhere', async () => {
    const { scene, request, approve, terminal, out } = await stage();
    const file = join(scene.folder, 'A1.json');
    writeFileSync(file, JSON.stringify(request));
    const alone = { ...approve, config: '/nowhere.yaml', offline: file };
    const token = join(scene.folder, 'A1.token');
    expect(await approveCommand({ ...alone, out: token }, terminal)).toBe(0);
    expect(readFileSync(token, 'utf8').split('.')).toHaveLength(3);
    const { key: _, ...keyless } = approve;
    expect(await approveCommand({ ...keyless, token }, terminal)).toBe(0);
    expect(out()).toContain('approved by alice');
    writeFileSync(file, '{}');
    expect(await approveCommand(alone, terminal)).toBe(1);
  });

  it('ends a request with a denial, and says why a signature is refused', async () => {
    const { scene, approve, terminal, out, err } = await stage();
    expect(await approveCommand({ ...approve, id: 'A1', decision: 'deny' }, terminal)).toBe(0);
    expect(out()).toContain('A1: denied by alice');
    expect(await approveCommand({ ...approve, id: 'A1' }, terminal)).toBe(1);
    expect(err()).toContain('The signature was refused: its request was denied.');
    expect(scene.results).toContain('denied');
  });

  it('wants one thing to do, and a key to do it with', async () => {
    const { approve, terminal, err } = await stage();
    expect(await approveCommand(approve, terminal)).toBe(2);
    expect(await approveCommand({ ...approve, id: 'A1', token: 'x' }, terminal)).toBe(2);
    const { key: _, ...keyless } = approve;
    expect(await approveCommand({ ...keyless, id: 'A1' }, terminal)).toBe(2);
    expect(err()).toContain('INTERLOCK_KEY');
    expect(await approveCommand({ ...approve, id: 'A9' }, terminal)).toBe(1);
  });
});
