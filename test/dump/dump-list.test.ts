import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { listDump } from '../../src/dump/dump-list.js';

function fileOf(content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-dump-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'shop.sql');
  writeFileSync(file, content);
  return file;
}

const MARIADB = { dialect: { flavour: 'mariadb', version: 101_119 } } as const;

const DUMP = `USE \`shop\`;
DROP TABLE IF EXISTS \`users\`;
CREATE TABLE \`users\` (id INT);
INSERT INTO \`users\` VALUES (1, 'DROP TABLE users; \\\\');
/*!50001 DROP VIEW IF EXISTS \`v\`*/;
/*!80000 DROP TABLE not_here */;
USE \`other\`;
DROP TABLE IF EXISTS \`users\`;
DROP TABLE IF EXISTS \`users\`;
`;

it('lists what is guarded, with its schema, its line and how often it comes', async () => {
  const file = fileOf(DUMP);
  const { guarded, statements, bytes, sha256 } = await listDump(file, MARIADB);
  const told = guarded.map(({ line, count, effects }) => {
    const [{ effect, objects } = { effect: 'none', objects: [] }] = effects;
    return [line, count, effect, objects[0]?.schema, objects[0]?.name];
  });
  expect(told).toEqual([
    [2, 1, 'drop-table', 'shop', 'users'],
    [5, 1, 'drop-view', 'shop', 'v'],
    [8, 2, 'drop-table', 'other', 'users'],
  ]);
  expect({ statements, bytes }).toEqual({ statements: 9, bytes: DUMP.length });
  expect(sha256).toBe(createHash('sha256').update(DUMP).digest('hex'));
});

it('unpacks what gzip has packed', async () => {
  const { guarded } = await listDump(fileOf(gzipSync(DUMP)), MARIADB);
  expect(guarded).toHaveLength(3);
});

it('takes the default schema that it is told', async () => {
  const { guarded } = await listDump(fileOf('DROP TABLE t;'), { ...MARIADB, database: 'app' });
  expect(guarded[0]?.effects[0]?.objects).toEqual([{ schema: 'app', name: 't' }]);
});

it('says what is wrong with a file', async () => {
  await expect(listDump('/does/not/exist.sql', MARIADB)).rejects.toThrow(/ENOENT/);
  await expect(listDump(fileOf('\\. other.sql\n'), MARIADB)).rejects.toThrow(/shop\.sql: line 1/);
  const half = gzipSync(DUMP).subarray(0, 60);
  await expect(listDump(fileOf(half), MARIADB)).rejects.toMatchObject({ code: 'DUMP_INVALID' });
});
