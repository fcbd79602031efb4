// The Dockerfile without an engine: each stage's COPY and RUN followed in order in clean folders,
// and what comes out of it started as its ENTRYPOINT says.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { env, execPath } from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

interface Step {
  readonly word: string;
  readonly rest: string;
}

interface Stage {
  readonly name: string;
  readonly image: string;
  readonly steps: readonly Step[];
}

function stagesOf(dockerfile: string): readonly Stage[] {
  const lines = dockerfile
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: { name: string; image: string; steps: Step[] }[] = [];
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (word === 'FROM') {
      const [, image = '', name = ''] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? [];
      stages.push({ name, image, steps: [] });
    } else stages.at(-1)?.steps.push({ word, rest });
  }
  return stages;
}

let root: string;
let stages: readonly Stage[];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlock-image-'));
  stages = stagesOf(await readFile('Dockerfile', 'utf8'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Where a path of a stage's own file system is here. */
const within = (stage: Stage, ...path: readonly string[]): string =>
  join(root, stage.name || 'final', ...path);

async function follow(stage: Stage): Promise<void> {
  let workdir = '/';
  for (const { word, rest } of stage.steps) {
    if (word === 'WORKDIR') workdir = rest;
    if (word === 'COPY') await copy(stage, workdir, rest);
    if (word === 'RUN' && !/groupadd|useradd/.test(rest)) {
      await promisify(execFile)('/bin/sh', ['-ec', rest], {
        cwd: within(stage, workdir),
        env: { ...env, npm_config_prefer_offline: 'true' },
      });
    }
  }
}

async function copy(stage: Stage, workdir: string, rest: string): Promise<void> {
  const words = rest.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const [to = '', ...paths] = words.filter((word) => !word.startsWith('--')).reverse();
  const source = from === undefined ? undefined : stages.find(({ name }) => name === from);
  const target = resolve(workdir, to);
  for (const path of paths.reverse()) {
    const isInto = to.endsWith('/') || paths.length > 1;
    const place = within(stage, isInto ? join(target, path.split('/').at(-1) ?? '') : target);
    await mkdir(dirname(place), { recursive: true });
    await cp(source === undefined ? path : within(source, path), place, { recursive: true });
  }
}

it('builds, without the development tools, what its ENTRYPOINT starts', async () => {
  for (const stage of stages) await follow(stage);
  const final = stages.at(-1);
  if (final === undefined) throw new Error('no stage');
  const entrypoint: readonly string[] = JSON.parse(
    final.steps.find(({ word }) => word === 'ENTRYPOINT')?.rest ?? '[]',
  );
  expect(entrypoint[0]).toBe('node');
  const main = within(final, entrypoint[1] ?? '');
  const { stdout } = await promisify(execFile)(execPath, [main, '--version']);
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));
  expect(stdout.trim()).toBe(version);
  const file = join(root, 'interlock.yaml');
  await writeFile(
    file,
    'servers: { db1: { address: 127.0.0.1:1, listen: 127.0.0.1:2 } }\nmonitor: { user: m, passwordEnv: P }\n',
  );
  const check = [main, 'check', '--offline', '--config', file];
  const checked = await promisify(execFile)(execPath, check, { env: { ...env, P: 'p' } });
  expect(checked.stdout).toContain('all is well');
  const left = join(within(final, dirname(entrypoint[1] ?? '')), '../node_modules/typescript');
  await expect(readFile(join(left, 'package.json'))).rejects.toThrow('ENOENT');
});

it('runs as nobody in particular, on an LTS Node, with a health check that asks Interlock', () => {
  const final = stages.at(-1);
  const said = (word: string) => final?.steps.filter((step) => step.word === word) ?? [];
  expect(final?.image).toMatch(/^node:(24|26)-slim$/);
  expect(said('USER')).toEqual([{ word: 'USER', rest: 'interlock' }]);
  expect(said('HEALTHCHECK')[0]?.rest).toContain('/healthz');
});
