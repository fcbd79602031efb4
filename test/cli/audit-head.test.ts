// The head, from whoever knows it.
import { rmSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { createAdminServer } from '../../src/admin/admin-server.js';
import { auditHeadCommand } from '../../src/cli/audit-head.js';
import { write } from '../audit/chained-scene.js';
import { GOOD_CONFIG, optionsWith, recordedTerminal } from './recorded-terminal.js';

// Keys are made and many files read: a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 });

it('is asked of the running Interlock, or read from what the last one left', async () => {
  const options = await optionsWith(GOOD_CONFIG);
  const ask = async (json = false) => {
    const terminal = recordedTerminal();
    const code = await auditHeadCommand({ ...options, json }, terminal);
    return { code, ...terminal.said };
  };
  expect(await ask()).toMatchObject({
    code: 3,
    err: expect.stringContaining('No record has been written'),
  });
  await write(`${options.folder}/audit.jsonl`, ['R1', 'R2']);
  expect(await ask()).toMatchObject({ code: 0, out: expect.stringMatching(/^2:[0-9a-f]{64}\n$/) });
  const hash = 'a'.repeat(64);
  const socket = `${options.folder}/admin.sock`;
  const server = await createAdminServer({ socket, routes: { '/audit/head': () => `7:${hash}` } });
  try {
    expect(JSON.parse((await ask(true)).out)).toEqual({ seq: 7, hash, head: `7:${hash}` });
  } finally {
    await server.close();
  }
  rmSync(`${options.folder}/audit.jsonl.head`);
});
