// The systemd unit as systemd's own tool reads it: no complaint, and little exposed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchTools } from '../../src/lab/fetch.js';
import { findProgram, surroundings } from '../../src/lab/surroundings.js';
import { FETCH } from '../support/client-programs.js';

let root: string;
let unit: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlock-unit-'));
  unit = join(root, 'interlock.service');
  // The programs that it names are looked for too: here Node is elsewhere.
  const text = await readFile('deploy/systemd/interlock.service', 'utf8');
  await writeFile(unit, text.replaceAll('/usr/bin/node', execPath));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function analyze(args: readonly string[]): Promise<{ code: number; said: string }> {
  const own = await findProgram('systemd-analyze', surroundings().searchPath);
  const fetched = async () => (await fetchTools('systemd', FETCH)).program('systemd-analyze');
  const program = own === undefined ? await fetched() : { command: own, args: [], env };
  await mkdir(join(root, 'run'), { recursive: true });
  const child = spawn(program.command, [...program.args, ...args], {
    env: { ...program.env, SYSTEMD_PAGER: '', XDG_RUNTIME_DIR: join(root, 'run') },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, said };
}

it('has nothing that systemd would not take', async () => {
  const { code, said } = await analyze(['verify', '--man=no', unit]);
  expect({
    code,
    said: said.split('\n').filter((line) => line.includes('interlock.service')),
  }).toEqual({
    code: 0,
    said: [],
  });
});

it('is exposed little', async () => {
  const { code, said } = await analyze([
    'security',
    '--offline=true',
    '--no-pager',
    '--threshold=20',
    unit,
  ]);
  expect({ code, said: /exposure level.*: ([\d.]+)/.exec(said)?.[0] }).toMatchObject({ code: 0 });
});
