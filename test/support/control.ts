// Control databases for tests: a database and an account of its own on a real server, and the store
// of one Interlock on it.
import { join } from 'node:path';
import { openStore } from '../../src/approval/open-store.js';
import type { ApprovalStore } from '../../src/approval/store.js';
import type { StoreServer } from '../../src/config/config.js';
import type { LabServer } from '../../src/lab/server.js';

export const CONTROL = { user: 'approvals', password: 'control-password' } as const;

/** With the rights that docs/approvals.md asks for, and no others, on every database `control…`. */
export async function addControlAccount(server: LabServer): Promise<void> {
  const { user, password } = CONTROL;
  await server.execute(
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
    `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON \`control%\`.* TO '${user}'@'%'`,
  );
}

export function placeOf(
  servers: readonly { readonly host: string; readonly port: number }[],
  database: string,
  folder: string,
): StoreServer {
  return {
    kind: 'server',
    addresses: servers.map(({ host, port }) => ({ host, port })),
    ...{ database, user: CONTROL.user, passwordEnv: 'CONTROL_PASSWORD' },
    tls: { verify: 'none' },
    deadlineMs: 30_000,
    marksFile: join(folder, 'marks'),
  };
}

export interface OpenedStore {
  readonly store: ApprovalStore;
  /** What it warned of. */
  readonly warned: readonly string[];
}

export function openControl(place: StoreServer): OpenedStore {
  const warned: string[] = [];
  const store = openStore(place, {
    env: { CONTROL_PASSWORD: CONTROL.password },
    warn: (message) => void warned.push(message),
  });
  return { store, warned };
}

/** The line of interlock.yaml for it. */
export function controlConfig(
  servers: readonly { readonly host: string; readonly port: number }[],
  database: string,
  more: readonly string[] = [],
): string {
  const address = `address: [${servers.map(({ host, port }) => `${host}:${port}`).join(', ')}]`;
  const account = `user: ${CONTROL.user}, passwordFile: ./control-password`;
  const store = [address, `database: ${database}`, account, ...more].join(', ');
  return `approvals: { approvers: ./approvers, store: { ${store} } }`;
}
