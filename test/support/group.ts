// Starts a replication group of MySQL 9 servers on loopback: the first makes it, the others join
// by fetching its history, and each takes writes (multi-primary).
import { setTimeout as sleep } from 'node:timers/promises';
import { InterlockError } from '../../src/errors.js';
import type { Lab } from '../../src/lab/lab.js';
import { freePort } from '../../src/lab/ports.js';
import type { LabServer } from '../../src/lab/server.js';

const GROUP_NAME = '6d1f2f4a-8c1b-11f0-a3a7-0242ac120002';
const ACCOUNT = { user: 'lab_group', password: 'lab-group' } as const;
const ONLINE_DEADLINE_MS = 60_000;

/** Starts the members one after another and returns them once all are online. */
export async function startGroup(
  lab: Lab,
  names: readonly string[],
): Promise<readonly LabServer[]> {
  const ports = await Promise.all(names.map(() => freePort()));
  const members: LabServer[] = [];
  for (const [index, name] of names.entries()) {
    const options = groupFlags(ports, index);
    const member = await lab.start({ line: 'mysql-9', name, options });
    await prepareMember(member);
    await joinGroup(member, { isFirst: index === 0 });
    members.push(member);
    await untilOnline(members);
  }
  return members;
}

function groupFlags(ports: readonly number[], index: number): readonly string[] {
  const seeds = ports.map((port) => `127.0.0.1:${port}`).join(',');
  return [
    '--plugin-load-add=group_replication.so',
    `--loose-group-replication-group-name=${GROUP_NAME}`,
    `--loose-group-replication-local-address=127.0.0.1:${ports[index]}`,
    `--loose-group-replication-group-seeds=${seeds}`,
    '--loose-group-replication-communication-stack=XCOM',
    '--loose-group-replication-start-on-boot=OFF',
    '--loose-group-replication-single-primary-mode=OFF',
    '--loose-group-replication-enforce-update-everywhere-checks=ON',
    '--loose-group-replication-recovery-get-public-key=ON',
    '--loose-group-replication-ip-allowlist=127.0.0.1/8',
  ];
}

/** Unlogged: a member with history of its own is not let in. */
export async function prepareMember(member: LabServer): Promise<void> {
  const account = `'${ACCOUNT.user}'@'127.0.0.%'`;
  await member.execute(
    'SET sql_log_bin=0',
    `CREATE USER ${account} IDENTIFIED BY '${ACCOUNT.password}'`,
    `GRANT REPLICATION SLAVE, CONNECTION_ADMIN, BACKUP_ADMIN ON *.* TO ${account}`,
    'SET sql_log_bin=1',
    `CHANGE REPLICATION SOURCE TO SOURCE_USER='${ACCOUNT.user}', ` +
      `SOURCE_PASSWORD='${ACCOUNT.password}' FOR CHANNEL 'group_replication_recovery'`,
  );
}

/** Joins the group; the first one makes it. */
export async function joinGroup(
  member: LabServer,
  { isFirst = false }: { readonly isFirst?: boolean } = {},
): Promise<void> {
  if (isFirst) await member.query('SET GLOBAL group_replication_bootstrap_group=ON');
  await member.query('START GROUP_REPLICATION');
  if (isFirst) await member.query('SET GLOBAL group_replication_bootstrap_group=OFF');
}

/** Every one of them sees all of them, and nobody else, online. */
export async function untilOnline(
  members: readonly LabServer[],
  deadlineMs = ONLINE_DEADLINE_MS,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  let seen = '';
  while (performance.now() < deadline) {
    const states = await Promise.all(members.map(statesSeenBy));
    const wanted = Array(members.length).fill('ONLINE').join(' ');
    if (states.every((each) => each === wanted)) return;
    seen = members.map(({ name }, index) => `${name} sees ${states[index]}`).join(', ');
    await sleep(50);
  }
  throw new InterlockError('LAB_FAILED', `no group of ${members.length} members: ${seen}`);
}

async function statesSeenBy(member: LabServer): Promise<string> {
  const rows = await member.query(
    'SELECT MEMBER_STATE AS state FROM performance_schema.replication_group_members',
  );
  return rows.map(({ state }) => state).join(' ');
}
