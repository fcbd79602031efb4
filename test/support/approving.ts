// People with keys, for tests: made by `interlock keygen`, signing through the command line as the
// real ones do.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { expect } from 'vitest';
import type { LabServer } from '../../src/lab/server.js';
import { interlock, type RunningInterlock } from './interlock.js';

export interface Approver {
  readonly person: string;
  readonly groups: string;
  readonly accounts: string;
}

/** Two who may approve what the account `dba` asks for, and one who uses that account. */
export const PEOPLE = {
  alice: { person: 'alice', groups: 'dba', accounts: 'alice' },
  bob: { person: 'bob', groups: 'security', accounts: 'bob' },
  carol: { person: 'carol', groups: 'dba,security', accounts: 'dba,carol' },
} as const satisfies Record<string, Approver>;

export const APPROVALS = 'approvals: { approvers: ./approvers, store: ./store.db }';

/** Their keys in the folder of the configuration: the private ones beside it. */
export async function addApprovers(
  running: RunningInterlock,
  people: readonly Approver[] = Object.values(PEOPLE),
): Promise<void> {
  const { folder } = running.at;
  await mkdir(join(folder, 'approvers'), { recursive: true });
  for (const { person, groups, accounts } of people) {
    const who = ['--person', person, '--groups', groups, '--accounts', accounts];
    const made = await interlock(['keygen', ...who, '--out', folder]);
    expect(made, made.stderr).toMatchObject({ code: 0 });
    await rename(join(folder, `${person}.json`), join(folder, 'approvers', `${person}.json`));
  }
}

/** A key for emergencies, its public half in the folder; where its private one is. */
export async function addSealedKey(
  running: RunningInterlock,
  name: string,
  { accounts, servers }: { readonly accounts: string; readonly servers: string },
): Promise<string> {
  const { folder } = running.at;
  // Nobody is there to be asked for it; every child has it from here.
  env.INTERLOCK_SEAL_PASSPHRASE = 'correct horse battery';
  const ends = `${new Date().getUTCFullYear() + 1}-12-31`;
  const what = ['--sealed', '--person', name, '--accounts', accounts, '--servers', servers];
  const made = await interlock(['keygen', ...what, '--not-after', ends, '--out', folder]);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  await rename(join(folder, `${name}.json`), join(folder, 'approvers', `${name}.json`));
  return join(folder, `${name}.sealed`);
}

export async function tablesIn(server: LabServer, schema: string): Promise<readonly string[]> {
  const rows = await server.query(
    `SELECT table_name AS t FROM information_schema.tables WHERE table_schema='${schema}'`,
  );
  return rows.map(({ t }) => String(t)).toSorted();
}

/** How many DROP TABLEs of people's are under way there. */
export async function dropsOn(server: LabServer): Promise<number> {
  const rows = await server.query(
    "SELECT info AS i FROM information_schema.processlist WHERE user = 'dba'",
  );
  return rows.filter(({ i }) => String(i).startsWith('DROP TABLE')).length;
}

export function keyOf(running: RunningInterlock, person: string): string {
  return join(running.at.folder, `${person}.key`);
}

/** One command line on the configuration of the running Interlock. */
export function command(running: RunningInterlock, ...args: string[]) {
  return interlock([...args, '--config', running.at.configFile]);
}

/** The command line of one person: `approve` or `deny`, with everything said beforehand. */
export function says(
  running: RunningInterlock,
  person: string,
  verb: 'approve' | 'deny',
  ...args: string[]
) {
  return command(running, verb, ...args, '--key', keyOf(running, person), '--yes');
}

/** Both sign, and it is approved. */
export async function approveByBoth(running: RunningInterlock, id: string): Promise<void> {
  const first = await says(running, 'alice', 'approve', id);
  expect(first, first.stderr).toMatchObject({ code: 0 });
  expect(first.stdout).toContain('approved by alice; missing: 1 of 2 approvals');
  const second = await says(running, 'bob', 'approve', id);
  expect(second, second.stderr).toMatchObject({ code: 0 });
  expect(second.stdout).toContain('approved by alice, bob. Repeat the statement by');
}

/** The token that one person signs for an exported request, on a machine without a network. */
export async function signOffline(
  running: RunningInterlock,
  person: string,
  id: string,
): Promise<string> {
  const file = join(running.at.folder, `${id}.${person}.json`);
  const exported = await command(running, 'requests', id, '--export', file);
  expect(exported, exported.stderr).toMatchObject({ code: 0 });
  const key = keyOf(running, person);
  const signed = await interlock(['approve', '--offline', file, '--key', key, '--yes']);
  expect(signed, signed.stderr).toMatchObject({ code: 0 });
  return signed.stdout.trim();
}

/** The request that a refusal ends with; the message says what is missing. */
export async function refusedWith(running: Promise<unknown>): Promise<{
  readonly id: string;
  readonly message: string;
}> {
  const error: unknown = await running.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ errno: 1644, sqlState: '45000' });
  const message = error instanceof Error ? error.message : '';
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(500);
  const id = /Request (A[0-9A-Z]{10})\.$/.exec(message)?.[1];
  expect(id, message).toBeDefined();
  return { id: id ?? '', message };
}

/** Everything that Interlock has written anywhere but into its store. */
export async function allWritten(running: RunningInterlock): Promise<string> {
  const audit = await readFile(running.at.auditFile, 'utf8');
  const { body } = await running.get('/metrics');
  return [audit, body, running.log].join('\n');
}

/** The security team takes the word of this person back, from today on. */
export async function revoke({ at }: RunningInterlock, person: string): Promise<void> {
  const file = join(at.folder, 'approvers', `${person}.json`);
  const entry = JSON.parse(await readFile(file, 'utf8'));
  entry.keys[0].revoked = new Date().toISOString().slice(0, 10);
  await writeFile(file, JSON.stringify(entry));
}
