// A terminal that keeps what was said, for tests of subcommands; and configurations in a folder of
// their own. Nothing here is a real terminal, and no signal ever comes.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { CommonOptions, Terminal } from '../../src/cli/terminal.js';

export interface RecordedTerminal extends Terminal {
  readonly said: { out: string; err: string };
}

export function recordedTerminal(changes: Partial<Terminal> = {}): RecordedTerminal {
  const said = { out: '', err: '' };
  return {
    said,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    env: {},
    pid: 4711,
    color: false,
    width: 100,
    stopRequested: () => new Promise(() => undefined),
    onReload: () => undefined,
    ...changes,
  };
}

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Writes files into a new folder, which goes after the test, and answers its path. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-cli-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** A configuration that is right, of servers that nobody starts. */
export const GOOD_CONFIG = `servers:
  db1: { address: 127.0.0.1:1, listen: 127.0.0.1:0 }
  db2: { address: 127.0.0.1:2 }
monitor: { user: interlock, passwordEnv: MONITOR_PASSWORD }
admin: { socket: ./admin.sock }
audit: { file: ./audit.jsonl }
`;

export async function optionsWith(
  config: string,
  files: Readonly<Record<string, string>> = {},
): Promise<CommonOptions & { readonly folder: string }> {
  const folder = await folderWith({ 'interlock.yaml': config, ...files });
  return { config: join(folder, 'interlock.yaml'), configGiven: true, json: false, folder };
}
