// A ring of three under random faults: what may happen to it, and the one thing that must not. Every
// link is made through Interlock, so whatever is destroyed on one server stays on the others.
import type { Connection } from 'mysql2/promise';
import { coordinates, sever, stopReplication } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import type { RunningInterlock } from '../support/interlock.js';
import type { WirePath } from '../support/wire-cut.js';
import { changeTo } from './residue-scene.js';

export const RING = ['db1', 'db2', 'db3'] as const;
export type Member = (typeof RING)[number];

const STATEMENT_DEADLINE_MS = 20_000;
const FINISH_DEADLINE_MS = 5_000;

export interface Ring {
  readonly servers: Readonly<Record<Member, LabServer>>;
  /** How everybody but this test reaches them. */
  readonly paths: Readonly<Record<Member, WirePath>>;
  readonly interlock: RunningInterlock;
  /** One statement, one table: as many are there of each server. */
  readonly tables: number;
  /** Those that one actor is starting again. */
  readonly restarting: Set<string>;
}

export interface Tally {
  destroyed: number;
  refused: number;
  lost: number;
  linked: number;
  notLinked: number;
  faults: number;
  killed: number;
  cut: number;
}

export const NOTHING_YET: Tally = {
  ...{ destroyed: 0, refused: 0, lost: 0, linked: 0, notLinked: 0 },
  ...{ faults: 0, killed: 0, cut: 0 },
};

/** Until when an actor goes on: so long, or so many acts. */
export interface Course {
  readonly untilMs: number;
  readonly acts: number;
}

/** A generator of our own, so that a seed says all. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What one actor does, one thing after another, until time is up. */
export class Actor {
  readonly #ring: Ring;
  readonly #random: () => number;
  readonly #tally: Tally;
  readonly #next: Record<Member, number>;

  /** Its seed decides what it does, whatever the others do meanwhile. */
  constructor(ring: Ring, seed: number, tally: Tally, next: Record<Member, number>) {
    this.#ring = ring;
    this.#random = seeded(seed);
    this.#tally = tally;
    this.#next = next;
  }

  async run({ untilMs, acts: count }: Course): Promise<void> {
    const acts = [
      ...[() => this.#drop(), () => this.#drop(), () => this.#lockedDrop()],
      ...[() => this.#transaction(), () => this.#transaction(), () => this.#vanish()],
      ...[() => this.#prepared(), () => this.#leftOpen()],
      ...[() => this.#sever(), () => this.#sever(), () => this.#stop()],
      ...[() => this.#relink(), () => this.#relink(), () => this.#relink()],
      ...[() => this.#freeze(), () => this.#cut(), () => this.#silence(), () => this.#kill()],
    ];
    for (let done = 0; done < count && performance.now() < untilMs; done += 1) {
      const act = acts[Math.floor(this.#random() * acts.length)];
      // Whatever fails here fails because of another fault.
      await act?.().catch(() => undefined);
    }
  }

  get #member(): Member {
    return RING[Math.floor(this.#random() * RING.length)] ?? 'db1';
  }

  async #drop(): Promise<void> {
    await this.#through(this.#member, async (client, table) => {
      await client.query(`DROP TABLE ${table}`);
    });
  }

  async #lockedDrop(): Promise<void> {
    const member = this.#member;
    const heldMs = this.#random() * 1_000;
    await this.#through(member, async (client, table) => {
      const holder = await this.#ring.servers[member].connect();
      try {
        await holder.query(`LOCK TABLES ${table} READ`);
        const dropped = client.query(`DROP TABLE ${table}`);
        dropped.catch(() => undefined);
        await pause(heldMs);
        await holder.query('UNLOCK TABLES');
        await dropped;
      } finally {
        holder.destroy();
      }
    });
  }

  async #transaction(): Promise<void> {
    const heldMs = this.#random() * 1_000;
    await this.#through(this.#member, async (client, table) => {
      await client.query(`ALTER TABLE ${table} ENGINE=InnoDB`);
      await client.query('BEGIN');
      await client.query(`DELETE FROM ${table}`);
      await pause(heldMs);
      await client.query(this.#random() < 0.5 ? 'COMMIT' : 'SET autocommit=1');
      if (this.#random() < 0.5) await client.query('COMMIT');
    });
  }

  /** Prepared by one session, which goes, and committed by another. */
  async #prepared(): Promise<void> {
    const member = this.#member;
    const heldMs = this.#random() * 1_000;
    await this.#through(member, async (client, table) => {
      await client.query(`ALTER TABLE ${table} ENGINE=InnoDB`);
      const xid = `'${table}'`;
      const xa = [`XA START ${xid}`, `DELETE FROM ${table}`, `XA END ${xid}`, `XA PREPARE ${xid}`];
      try {
        for (const sql of xa) await client.query(sql);
        client.destroy();
        await pause(heldMs);
        await this.#finish(member, `XA COMMIT ${xid}`);
      } catch (thrown) {
        // It would stand in the way of every later link.
        await this.#finish(member, `XA ROLLBACK ${xid}`).catch(() => undefined);
        throw thrown;
      }
    });
  }

  /** Until the server has let go of the session that prepared it, it knows no such transaction. */
  async #finish(member: Member, sql: string): Promise<void> {
    const deadline = performance.now() + FINISH_DEADLINE_MS;
    for (;;) {
      const client = await this.#ring.interlock.connect(member);
      try {
        await client.query(sql);
        return;
      } catch (thrown) {
        if (isRefusal(thrown) || performance.now() > deadline) throw thrown;
      } finally {
        client.destroy();
      }
      await pause(100);
    }
  }

  /** Whose client goes with its transaction open. */
  async #leftOpen(): Promise<void> {
    await this.#through(this.#member, async (client, table) => {
      await client.query(`ALTER TABLE ${table} ENGINE=InnoDB`);
      await client.query('SET autocommit=0');
      await client.query(`DELETE FROM ${table}`);
      if (this.#random() < 0.5) client.query('COMMIT').catch(() => undefined);
      await pause(this.#random() * 20);
    });
  }

  async #sever(): Promise<void> {
    await sever(this.#ring.servers[this.#member]);
    this.#tally.faults += 1;
  }

  async #stop(): Promise<void> {
    await stopReplication(this.#ring.servers[this.#member]);
    this.#tally.faults += 1;
  }

  /** A client that does not wait for its answer; its server may go on for it. */
  async #vanish(): Promise<void> {
    await this.#through(this.#member, async (client, table) => {
      client.query(`DROP TABLE ${table}`).catch(() => undefined);
      await pause(this.#random() * 20);
    });
  }

  async #freeze(): Promise<void> {
    const server = this.#ring.servers[this.#member];
    await server.kill('SIGSTOP');
    await pause(this.#random() * 1_500);
    await server.kill('SIGCONT');
    this.#tally.faults += 1;
  }

  /** All who are on their way to it hear that they are not. */
  async #cut(): Promise<void> {
    const path = this.#ring.paths[this.#member];
    path.cut();
    await pause(this.#random() * 300);
    path.mend();
    this.#tally.cut += 1;
  }

  async #silence(): Promise<void> {
    const path = this.#ring.paths[this.#member];
    path.silence();
    await pause(this.#random() * 1_500);
    path.mend();
    this.#tally.cut += 1;
  }

  /** Ended without a word and started again: a consumer that was only stopped goes on by itself. */
  async #kill(): Promise<void> {
    const server = this.#ring.servers[this.#member];
    if (this.#ring.restarting.has(server.name)) return;
    this.#ring.restarting.add(server.name);
    try {
      await server.kill('SIGKILL');
      await pause(this.#random() * 500);
      await server.restart();
      this.#tally.killed += 1;
    } finally {
      this.#ring.restarting.delete(server.name);
    }
  }

  /** Around the ring, from where its source is now. */
  async #relink(): Promise<void> {
    const member = this.#member;
    const from = RING[(RING.indexOf(member) + 2) % 3] ?? 'db1';
    const source = this.#ring.servers[from];
    const consumer = this.#ring.servers[member];
    const place = await coordinates(source);
    const address = { host: source.host, port: this.#ring.paths[from].port };
    const client = await this.#ring.interlock.connect(member);
    try {
      await client.query(changeTo(consumer.line, address, place));
      await client.query(consumer.line === 'mysql-9' ? 'START REPLICA' : 'START SLAVE');
      this.#tally.linked += 1;
    } catch {
      this.#tally.notLinked += 1;
    } finally {
      client.destroy();
    }
  }

  async #through(
    member: Member,
    act: (client: Connection, table: string) => Promise<void>,
  ): Promise<void> {
    const number = this.#next[member];
    if (number >= this.#ring.tables) return;
    this.#next[member] += 1;
    const client = await this.#ring.interlock.connect(member);
    const timer = setTimeout(() => client.destroy(), STATEMENT_DEADLINE_MS);
    try {
      await act(client, `app.${member}_${number}`);
      this.#tally.destroyed += 1;
    } catch (thrown) {
      this.#tally[isRefusal(thrown) ? 'refused' : 'lost'] += 1;
    } finally {
      clearTimeout(timer);
      client.destroy();
    }
  }
}

function isRefusal(thrown: unknown): boolean {
  return thrown instanceof Error && 'errno' in thrown && thrown.errno === 1644;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
