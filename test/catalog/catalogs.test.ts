import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Catalogs } from '../../src/catalog/catalogs.js';
import { systemClock } from '../../src/clock.js';
import { loadConfig } from '../../src/config/load.js';
import { readText } from '../../src/sql/statement-facts.js';
import { temporaryFolder } from '../audit/temporary-folder.js';

it('knows the guarded servers alone, and asks nothing that is not needed', async () => {
  const file = join(temporaryFolder(), 'interlock.yaml');
  writeFileSync(
    file,
    [
      'servers:',
      '  db1: { address: 127.0.0.1:1, listen: 127.0.0.1:2 }',
      '  db2: { address: 127.0.0.1:3 }',
      'monitor: { user: m, passwordEnv: P }',
    ].join('\n'),
  );
  const loaded = loadConfig(file);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  const said: string[] = [];
  const catalogs = new Catalogs({
    config: loaded.value,
    env: { P: 'x' },
    certificates: new Map(),
    clock: systemClock,
    dialect: () => undefined,
    warn: (server, message) => said.push(`${server}: ${message}`),
  });
  expect([...catalogs.lists()]).toEqual([['db1', []]]);
  const known = (server: string, sql: string) => {
    const { effects } = readText(Buffer.from(sql), { database: 'app' });
    return catalogs.known({ server, effects, database: 'app' });
  };
  expect((await known('db1', 'DROP TABLE t')).elsewhere).toEqual([]);
  expect((await known('db2', 'CALL p()')).effects[0]?.reason).toBe(
    'what the routine does is not in this text',
  );
  const refused = await known('db1', 'CALL p()');
  expect(refused.effects).toMatchObject([{ effect: 'run-opaque', verb: 'CALL' }]);
  expect(refused.effects[0]?.reason).toContain('the server was asked for it');
  await catalogs.first();
  expect(said).toEqual([expect.stringContaining('its stored code could not be listed')]);
  catalogs.stop();
});
