// What the proofs of link states share: three servers behind one Interlock, db1 a consumer of db2,
// and the two questions that decide: what does Interlock say, and what happened to the data.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { askAdmin, NobodyAnswers } from '../../src/admin/client.js';
import type { ServerLine } from '../../src/lab/lines.js';
import { channels, coordinates, replicate } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { changeSource, channelColumn, resetReplica, runThreads } from '../../src/lab/terms.js';
import type { RunningInterlock } from '../support/interlock.js';
import { rowsIn, unloggedTable } from './residue-scene.js';

const DEADLINE_MS = 30_000;

export interface Scene {
  readonly line: ServerLine;
  readonly db1: LabServer;
  readonly db2: LabServer;
  readonly db3: LabServer;
  readonly interlock: RunningInterlock;
}

export interface ShownLink {
  readonly source: string;
  readonly consumer: string;
  readonly state: string;
  readonly reason: string;
  readonly reader: boolean;
  readonly threads: readonly { readonly threadId?: number }[];
}

interface Shown {
  readonly links: readonly ShownLink[];
  readonly reach: Readonly<
    Record<string, readonly { readonly path: readonly string[]; readonly state: string }[]>
  >;
}

/** What the running Interlock knows when asked anew. */
export async function shown(interlock: RunningInterlock): Promise<Shown> {
  const socket = `${interlock.at.folder}/admin.sock`;
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    try {
      return (await askAdmin(socket, '/links')) as Shown;
    } catch (thrown) {
      // It is ready for clients a moment before it is for questions.
      if (!(thrown instanceof NobodyAnswers) || performance.now() > deadline) throw thrown;
    }
    await sleep(20);
  }
}

/** Waits until the link is in one of these states: threads take a moment to start and end. */
export async function untilState(
  scene: Pick<Scene, 'interlock'>,
  pair: readonly [source: string, consumer: string],
  states: readonly string[],
): Promise<ShownLink> {
  const [source, consumer] = pair;
  let last: ShownLink | undefined;
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    const { links } = await shown(scene.interlock);
    last = links.find((each) => each.source === source && each.consumer === consumer);
    if (last !== undefined && states.includes(last.state)) return last;
    await sleep(50);
  }
  throw new Error(`${source} → ${consumer} is never ${states.join(' or ')}: ${tell(last)}`);
}

function tell(link: ShownLink | undefined): string {
  return link === undefined ? 'no such link' : `${link.state} (${link.reason})`;
}

/** Ways of `server`'s reach, as Interlock shows them. */
export async function ways(interlock: RunningInterlock, server: string): Promise<string[]> {
  const { reach } = await shown(interlock);
  return (reach[server] ?? []).map(({ path, state }) => `${path.join(' → ')} ${state}`);
}

/** The message that a guarded statement is refused with. */
export async function refusal(
  interlock: RunningInterlock,
  server: string,
  sql: string,
): Promise<string> {
  const session = await interlock.connect(server);
  const error: unknown = await session.query(sql).then(
    () => `not refused: ${sql}`,
    (thrown: unknown) => thrown,
  );
  await session.end();
  expect(error, sql).toMatchObject({ errno: 1644 });
  return error instanceof Error ? error.message : '';
}

export async function passes(
  interlock: RunningInterlock,
  server: string,
  sql: string,
): Promise<void> {
  const session = await interlock.connect(server);
  await session.query(sql);
  await session.end();
}

let tables = 0;

/** A table with a row that all of them have, and that nobody logged. */
export async function tableOnAll(servers: readonly LabServer[]): Promise<string> {
  tables += 1;
  const table = `app.t${tables}`;
  for (const server of servers) await unloggedTable(server, table);
  return table;
}

export async function untilGone(server: LabServer, table: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while ((await rowsIn(server, table)) !== -1) {
    const now = performance.now();
    expect(now, `${table} is still on ${server.name}`).toBeLessThan(deadline);
    await sleep(20);
  }
}

/** Ends every channel, whatever state it is in; MySQL's RESET of the default one ends all. */
export async function forgetSources(server: LabServer): Promise<void> {
  const names = (await channels(server)).map((row) => row[channelColumn(server.line)] ?? '');
  for (const name of names.map(String).toSorted().toReversed()) {
    await server.query(runThreads(server.line, 'STOP', { channel: name }));
    await server.query(resetReplica(server.line, name, true));
  }
}

/** `consumer` reads `source` from where that one's log is now, and nothing else. */
export async function link(consumer: LabServer, source: LabServer): Promise<void> {
  await forgetSources(consumer);
  await replicate({ consumer, source, gtid: false });
}

/** CHANGE … TO another way to the same source, or with another password. */
export async function pointAt(
  consumer: LabServer,
  source: LabServer,
  change: { readonly port?: number; readonly password?: string } = {},
): Promise<void> {
  const { file, position } = await coordinates(source);
  const { port = source.port, password = 'lab-replication' } = change;
  const account = { user: 'lab_replication', password };
  const from = { kind: 'position', file, position } as const;
  const to = { host: '127.0.0.1', port, ...account, channel: '', from };
  await consumer.query(changeSource(consumer.line, to));
}
