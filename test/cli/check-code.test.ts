// That a server's missing rights are said is test/e2e/stored-code.test.ts's: that takes a server.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unseenCode } from '../../src/cli/check-code.js';
import { loadConfig } from '../../src/config/load.js';
import type { Picture, ServerView } from '../../src/topology/snapshot.js';
import { temporaryFolder } from '../audit/temporary-folder.js';

it('asks guarded servers that answered, and says what it could not list', async () => {
  const file = join(temporaryFolder(), 'interlock.yaml');
  const servers = ['db1', 'db2', 'db3'].map((name, n) =>
    n === 2
      ? `${name}: { address: 127.0.0.1:${n + 5} }`
      : `${name}: { address: 127.0.0.1:${n + 5}, listen: 127.0.0.1:${n + 2} }`,
  );
  writeFileSync(file, `servers: { ${servers.join(', ')} }\nmonitor: { user: m, passwordEnv: P }\n`);
  const loaded = loadConfig(file);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  const answered = (server: string) => ({ kind: 'answered', server }) as ServerView;
  const views = new Map(['db1', 'db3'].map((server) => [server, answered(server)]));
  const picture: Picture = { askedAtMs: 0, askedAtMonotonicMs: 0, entries: [], views, links: [] };
  const found = await unseenCode(loaded.value, picture, { P: 'x' });
  expect(found).toMatchObject([
    {
      severity: 'warning',
      file,
      message: expect.stringContaining('db1: its stored code could not'),
    },
  ]);
});
