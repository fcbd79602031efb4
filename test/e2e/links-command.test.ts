// `interlock links` as people run it: asked of the running Interlock, which knows since when, and
// without one. What it prints, and what its exit code says.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { env, execPath } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sever, startReplication, stopReplication } from '../../src/lab/replication.js';
import {
  addAccounts,
  interlock,
  RunningInterlock,
  type Written,
  writeConfig,
} from '../support/interlock.js';
import { labWith } from '../support/lab.js';
import { PAIR } from './guard-scene.js';

describe('interlock links', () => {
  const stage = labWith({ line: 'mariadb-10.11', ...PAIR });
  let running: RunningInterlock;
  const plan = () => {
    const [db1, db2, replica1] = [...PAIR.servers].map(stage.server);
    if (db1 === undefined || db2 === undefined || replica1 === undefined) throw new Error('no lab');
    return { guarded: [db1, db2], watched: [replica1] };
  };
  const links = (at: Written, ...more: readonly string[]) =>
    interlock(['links', '--config', at.configFile, ...more]);
  const alone = async (from: Parameters<typeof writeConfig>[0]): Promise<Written> =>
    writeConfig(from, await mkdtemp(join(stage.lab().folder, 'links-')));

  beforeAll(async () => {
    await addAccounts(PAIR.servers.map((name) => stage.server(name)));
    running = await RunningInterlock.start(plan());
  });
  afterAll(() => running?.stop());

  it('prints states, since when and the path of a DROP, as the running one knows them', async () => {
    const { code, stdout, stderr } = await links(running.at);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/db2 → db1 +live +for \d+ s/);
    expect(stdout).toMatch(/db1 → replica1 +live +for \d+ s/);
    expect(stdout).toMatch(/db2 → db1 → replica1 +live/);
  });

  it('shows a stop within the freshness of its picture, and says how to sever', async () => {
    await stopReplication(stage.server('db1'));
    const told = async (): Promise<unknown> =>
      JSON.parse((await links(running.at, '--json')).stdout);
    const link = {
      source: 'db2',
      consumer: 'db1',
      state: 'armed',
      since: expect.stringMatching(/^20.*Z$/),
      sever: expect.stringContaining('ALL'),
    };
    const seen = { links: expect.arrayContaining([expect.objectContaining(link)]) };
    await expect.poll(told, { timeout: 5_000, interval: 100 }).toMatchObject(seen);
  });

  it('asks the servers itself where none runs, and says so', async () => {
    const { code, stdout, stderr } = await links(await alone(plan()));
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/for \d+ s/);
    expect(stderr).toContain('no Interlock runs on this configuration');
    expect(stdout).toMatch(/db2 → db1 +armed +as of now/);
  });

  it('exits with 1 when a link is unknown, and says what to mend', async () => {
    const gone = { name: 'db3', host: '127.0.0.1', port: 1 };
    const { code, stdout } = await links(await alone({ ...plan(), watched: [gone] }));
    expect(code).toBe(1);
    expect(stdout).toMatch(/db3 .*SILENT/);
    expect(stdout).toMatch(/To mend\n(.*\n)*.*db3 \(127\.0\.0\.1:1\)/);
  });

  it('exits with 3 when nobody answers, and with 2 when the configuration is wrong', async () => {
    const gone = { name: 'db3', host: '127.0.0.1', port: 1 };
    expect(await links(await alone({ guarded: [gone] }))).toMatchObject({ code: 3 });
    const nowhere = await interlock(['links', '--config', '/nowhere/interlock.yaml']);
    expect(nowhere).toMatchObject({ code: 2, stdout: '' });
    const no = ['monitor: { user: interlock, passwordEnv: NOBODY_SET_THIS }'];
    const unset = await links(await alone({ ...plan(), more: no }));
    expect(unset).toMatchObject({ code: 2, stderr: expect.stringContaining('NOBODY_SET_THIS') });
  });

  it('watches: prints each change, plainly where it is piped, and ends at Ctrl-C', async () => {
    const args = ['links', '--watch', '0.2', '--json', '--config', running.at.configFile];
    const child = spawn(execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const seen = (): string[] =>
      said
        .split('\n')
        .slice(0, -1)
        .map((line) => linkStateIn(JSON.parse(line), 'db2', 'db1'));
    await expect.poll(seen, { timeout: 30_000 }).toEqual(['armed']);
    await startReplication(stage.server('db1'));
    await expect.poll(() => seen().at(-1), { timeout: 30_000 }).toBe('live');
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    await stopReplication(stage.server('db1'));
  });

  it('shows what is severed as reaching nobody', async () => {
    await sever(stage.server('db1'));
    await sever(stage.server('db2'));
    const reach = async (): Promise<unknown> =>
      JSON.parse((await links(running.at, '--json')).stdout).reach;
    const seen = { db1: [{ server: 'replica1', state: 'live' }], db2: [] };
    await expect.poll(reach, { timeout: 5_000, interval: 100 }).toMatchObject(seen);
  });
});

const MAIN = resolve(env.INTERLOCK_MAIN ?? 'dist/main.js');

function linkStateIn(answer: unknown, source: string, consumer: string): string {
  const { links } = answer as { links: readonly Record<string, string>[] };
  const link = links.find((each) => each.source === source && each.consumer === consumer);
  return link?.state ?? 'none';
}
