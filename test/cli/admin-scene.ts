// An admin socket that answers for a scene of approvals, and the options that find it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createAdminServer } from '../../src/admin/admin-server.js';
import { requestRoutes, tokenRoutes } from '../../src/admin/request-routes.js';
import type { CommonOptions } from '../../src/cli/terminal.js';
import type { Scene } from '../approval/scene.js';

export async function adminOf(
  { folder, approvals }: Scene,
  { isRunning = true } = {},
): Promise<CommonOptions> {
  const config = join(folder, 'interlock.yaml');
  writeFileSync(
    config,
    `servers: { db1: { address: 10.0.0.1, listen: 127.0.0.1:0 } }
monitor: { user: u, passwordEnv: PW }
admin: { socket: ./admin.sock }
`,
  );
  if (isRunning) {
    const server = await createAdminServer({
      socket: join(folder, 'admin.sock'),
      routes: requestRoutes(approvals),
      actions: tokenRoutes(approvals),
    });
    onTestFinished(() => server.close());
  }
  return { config, configGiven: true, json: false };
}
