// Programs of an unpacked folder are found and run with that folder's own loader.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { machineProgram, unpackedPackages } from '../../src/lab/installation.js';
import { surroundings } from '../../src/lab/surroundings.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function executable(path: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), '');
  await chmod(join(folder, path), 0o755);
}

it('puts the loader and the libraries before the program', async () => {
  await executable('lib/riscv64-linux-gnu/ld-linux-riscv64-lp64d.so.1');
  await executable('usr/sbin/mariadbd');
  const unpacked = await unpackedPackages(folder, surroundings());
  const { command, args } = await unpacked.program('mariadbd');
  expect(command).toBe(join(folder, 'lib/riscv64-linux-gnu/ld-linux-riscv64-lp64d.so.1'));
  expect(args).toEqual([
    '--library-path',
    join(folder, 'lib/riscv64-linux-gnu'),
    join(folder, 'usr/sbin/mariadbd'),
  ]);
  await expect(unpacked.program('mysqld')).rejects.toThrow('has no program mysqld');
});

it('knows the folders in which a package keeps libraries to itself', async () => {
  await executable('usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2');
  await executable('usr/lib/mysql-router/libmysqlrouter.so.1');
  await executable('usr/lib/mysqlrouter/plugin/routing.so');
  await executable('usr/bin/mysqlrouter');
  const { program } = await unpackedPackages(folder, surroundings());
  const folders = ['usr/lib/x86_64-linux-gnu', 'usr/lib/mysql-router'];
  expect((await program('mysqlrouter')).args[1]).toBe(
    folders.map((inside) => join(folder, inside)).join(':'),
  );
});

it('refuses a folder without a loader', async () => {
  await executable('usr/sbin/mariadbd');
  await expect(unpackedPackages(folder, surroundings())).rejects.toThrow('no loader');
});

it('finds the share files beside a program of the machine', async () => {
  await executable('sbin/mysqld');
  const around = { ...surroundings(), searchPath: [join(folder, 'sbin')] };
  expect((await machineProgram('mysqld', around))?.shareFolder).toBe(join(folder, 'share/mysql'));
  expect(await machineProgram('mariadbd', around)).toBeUndefined();
});
