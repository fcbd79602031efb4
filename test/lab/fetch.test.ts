// Fetched servers are used offline; where nothing can be fetched, the machine's own are, or the
// reason is given in one line.
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fetchServer, fetchTool, fetchTools } from '../../src/lab/fetch.js';
import type { Installation } from '../../src/lab/installation.js';
import { Lab } from '../../src/lab/lab.js';
import type { Program } from '../../src/lab/program.js';
import { run } from '../../src/lab/program.js';
import { surroundings } from '../../src/lab/surroundings.js';
import { describeOnEveryLine } from '../support/lab.js';

const folders: string[] = [];
async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-test-'));
  folders.push(folder);
  return folder;
}
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const silent = (): void => undefined;
const machine = surroundings();

describeOnEveryLine('fetchServer', (line) => {
  it('needs neither network nor package tools the second time', async () => {
    await fetchServer(line, { surroundings: machine, report: silent });
    const offline = { ...machine, searchPath: [] };
    const said: string[] = [];
    const options = { surroundings: offline, report: (text: string) => said.push(text) };
    const installation = await fetchServer(line, options);
    expect(installation.line).toBe(line);
    expect(said).toEqual([]);
  });

  it('has a client and a dump program that run', async () => {
    const installation = await fetchServer(line, { surroundings: machine, report: silent });
    for (const program of [installation.client, installation.dump]) {
      expect((await run(program, ['--version'])).stdout).toMatch(/Ver|Distrib/);
    }
  });

  it('says what to install where nothing can be fetched or found', async () => {
    const bare = { ...machine, searchPath: [], cacheFolder: await emptyFolder() };
    const fetching = fetchServer(line, { surroundings: bare, report: silent });
    await expect(fetching).rejects.toMatchObject({
      code: 'LAB_FAILED',
      message: expect.stringMatching(
        /^.* could not be fetched \(this machine has no .*install M[^\n]*$/,
      ),
    });
  });
});

describe('a server of the machine', () => {
  it('is used where nothing can be fetched', async () => {
    const real = await fetchServer('mariadb-10.11', { surroundings: machine, report: silent });
    const searchPath = [await installedLike(real)];
    const own = { ...machine, searchPath, cacheFolder: await emptyFolder() };
    const lab = await Lab.open({ surroundings: own });
    try {
      const server = await lab.start({ line: 'mariadb-10.11', name: 'db1' });
      expect(await server.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      await lab.close();
    }
  });

  it('is not taken when it is of another line', async () => {
    const real = await fetchServer('mariadb-10.11', { surroundings: machine, report: silent });
    const folder = await installedLike(real);
    await symlink(join(folder, 'mariadbd'), join(folder, 'mysqld'));
    const own = { ...machine, searchPath: [folder], cacheFolder: await emptyFolder() };
    const fetching = fetchServer('mysql-9', { surroundings: own, report: silent });
    await expect(fetching).rejects.toThrow(/install MySQL 9/);
  });
});

describe('fetchTool', () => {
  it('fetches sysbench', async () => {
    const sysbench = await fetchTool('sysbench', { surroundings: machine, report: silent });
    expect((await run(sysbench, ['--version'])).stdout).toMatch(/^sysbench 1\./);
  });
});

describe('fetchTools', () => {
  it('gives every program of a folder', async () => {
    const { program } = await fetchTools('mydumper', { surroundings: machine, report: silent });
    for (const name of ['mydumper', 'myloader']) {
      expect((await run(await program(name), ['--version'])).stdout).toContain('0.10');
    }
    await expect(program('mysqld')).rejects.toThrow(/has no program mysqld/);
  });
});

/** A bin folder with programs of the same names, as a package manager would leave it. */
async function installedLike(real: Installation): Promise<string> {
  const root = await emptyFolder();
  const bin = join(root, 'bin');
  await mkdir(bin);
  await mkdir(join(root, 'share'));
  await symlink(real.shareFolder, join(root, 'share/mysql'));
  const where = `--lc-messages-dir=${real.shareFolder}`;
  await writeScript(join(bin, 'mariadbd'), real.daemon, where);
  await writeScript(join(bin, 'mariadb'), real.client, '');
  await writeScript(join(bin, 'mariadb-dump'), real.dump, '');
  return bin;
}

async function writeScript(path: string, program: Program, last: string): Promise<void> {
  const command = [program.command, ...program.args].join(' ');
  await writeFile(path, `#!/bin/sh\nexec ${command} "$@" ${last}\n`);
  await chmod(path, 0o755);
}
