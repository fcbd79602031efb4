// Accounts the lab's servers need: for replication, for the monitor with exactly the rights it is
// documented to need, and for applications. Made unlogged, so that they never replicate.
import { InterlockError } from '../errors.js';
import type { ServerLine } from './lines.js';
import type { LabServer } from './server.js';
import { quoted } from './terms.js';

export interface AccountOptions {
  readonly user: string;
  readonly password: string;
}

export interface MonitorOptions extends AccountOptions {
  /** Rights to leave out, to see what their absence does. */
  readonly without?: readonly string[];
}

/** What the monitor account needs on each line, as docs and `check` state it. */
export function monitorRights(line: ServerLine): readonly string[] {
  switch (line) {
    case 'mariadb-10.11':
      return [
        'PROCESS',
        'REPLICA MONITOR',
        'BINLOG MONITOR',
        'REPLICATION MASTER ADMIN',
        'CONNECTION ADMIN',
        'SELECT',
        'SHOW VIEW',
        'TRIGGER',
        'EVENT',
      ];
    case 'mysql-9':
      return [
        'PROCESS',
        'REPLICATION CLIENT',
        'REPLICATION SLAVE',
        'CONNECTION_ADMIN',
        // Sessions of accounts that hold it can be ended by nobody else.
        'SYSTEM_USER',
        'SHOW_ROUTINE',
        'SELECT',
        'SHOW VIEW',
        'TRIGGER',
        'EVENT',
      ];
    case 'mysql-5.6':
      return [
        'PROCESS',
        'REPLICATION CLIENT',
        'REPLICATION SLAVE',
        'SUPER',
        'SELECT',
        'SHOW VIEW',
        'TRIGGER',
        'EVENT',
      ];
  }
  line satisfies never;
}

export async function createMonitorAccount(
  server: LabServer,
  options: MonitorOptions,
): Promise<void> {
  const all = monitorRights(server.line);
  const without = options.without ?? [];
  const unheard = without.filter((right) => !all.includes(right));
  if (unheard.length > 0) {
    const known = all.join(', ');
    throw new InterlockError('LAB_FAILED', `no such right: ${unheard.join(', ')}. Known: ${known}`);
  }
  await createAccount(server, {
    ...options,
    rights: all.filter((right) => !without.includes(right)),
  });
}

export function createReplicationAccount(
  server: LabServer,
  options: AccountOptions,
): Promise<void> {
  return createAccount(server, { ...options, rights: ['REPLICATION SLAVE'] });
}

/** An account that may log in over TCP, with the rights on everything. */
export async function createAccount(
  server: LabServer,
  options: AccountOptions & { readonly rights: readonly string[] },
): Promise<void> {
  const account = `${quoted(options.user)}@${quoted('127.0.0.%')}`;
  const connection = await server.connect();
  try {
    await connection.query('SET sql_log_bin=0');
    await connection.query(`CREATE USER ${account} IDENTIFIED BY ${quoted(options.password)}`);
    if (options.rights.length > 0) {
      await connection.query(`GRANT ${options.rights.join(', ')} ON *.* TO ${account}`);
    }
  } finally {
    await connection.end();
  }
}
