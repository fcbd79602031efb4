import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withCatalog } from '../../src/cli/catalog-once.js';
import { loadConfig } from '../../src/config/load.js';
import { readText } from '../../src/sql/statement-facts.js';
import { temporaryFolder } from '../audit/temporary-folder.js';
import { recordedTerminal } from './recorded-terminal.js';

it('says what it could not list, and calls what it cannot see opaque', async () => {
  const file = join(temporaryFolder(), 'interlock.yaml');
  const server = 'servers: { db1: { address: 127.0.0.1:1, listen: 127.0.0.1:2 } }';
  writeFileSync(file, `${server}\nmonitor: { user: m, passwordEnv: P }\n`);
  const loaded = loadConfig(file);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  const terminal = recordedTerminal({ env: { P: 'x' } });
  const { effects } = readText(Buffer.from('CALL app.p()'), {});
  const known = await withCatalog({ config: loaded.value, terminal, server: 'db1' }, (catalogs) =>
    catalogs.known({ server: 'db1', effects, database: undefined }),
  );
  expect(known.effects).toMatchObject([{ effect: 'run-opaque', objects: [{ name: 'p' }] }]);
  expect(terminal.said.err).toContain('db1: its stored code could not be listed');
});
