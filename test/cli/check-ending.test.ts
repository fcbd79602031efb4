// That a server's missing rights are said is test/e2e/doctor.test.ts's: that takes a server.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { endingTroubles } from '../../src/cli/check-ending.js';
import { loadConfig } from '../../src/config/load.js';
import { temporaryFolder } from '../audit/temporary-folder.js';
import { answered, pictureWith, silent } from '../topology/views.js';

it('asks guarded servers that answered, and says what it could not read', async () => {
  const file = join(temporaryFolder(), 'interlock.yaml');
  const servers = [
    'db1: { address: 127.0.0.1:5, listen: 127.0.0.1:2 }',
    'db2: { address: 127.0.0.1:6, listen: 127.0.0.1:3 }',
    'db3: { address: 127.0.0.1:7 }',
  ];
  writeFileSync(file, `servers: { ${servers.join(', ')} }\nmonitor: { user: m, passwordEnv: P }\n`);
  const loaded = loadConfig(file);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  const picture = pictureWith([], [answered('db1'), silent('db2'), answered('db3')]);
  expect(await endingTroubles(loaded.value, picture, { P: 'x' })).toMatchObject([
    {
      severity: 'warning',
      file,
      message: expect.stringContaining('db1: its grants could not be read'),
    },
  ]);
});
