// Copies of one data folder are servers of their own.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDataFolder } from '../../src/lab/data-folder.js';
import { fetchServer } from '../../src/lab/fetch.js';
import { surroundings } from '../../src/lab/surroundings.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';

describeOnEveryLine('data folders', (line) => {
  const { server } = labWith({ line, servers: ['db1', 'db2'] });

  it('are copied with the system tables and without an identity', async () => {
    const around = surroundings();
    const options = { surroundings: around, report: () => undefined };
    const holder = await mkdtemp(join(around.temporaryFolder, 'interlock-test-'));
    const folder = join(holder, 'data');
    await makeDataFolder(await fetchServer(line, options), folder, options);
    expect(existsSync(join(folder, 'mysql'))).toBe(true);
    expect(existsSync(join(folder, 'auto.cnf'))).toBe(false);
    await rm(holder, { recursive: true });
  });

  it('give each server an identity of its own', async () => {
    const column = line === 'mariadb-10.11' ? '@@server_uid' : '@@server_uuid';
    const identities = await Promise.all(
      ['db1', 'db2'].map((name) => server(name).query(`SELECT ${column} AS u, @@server_id AS i`)),
    );
    const [one, two] = identities.map((rows) => rows[0]);
    expect(one?.u).not.toBe(two?.u);
    expect(one?.i).not.toBe(two?.i);
  });
});
