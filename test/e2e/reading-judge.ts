// Asks a real server what a text did: its own counters in that session, and whether the victims
// are still there. The truth that readings are measured by.
import { RawClient } from './raw-client.js';
import type { Variant } from './reading-variants.js';

const SETUP = [
  'DROP DATABASE IF EXISTS play',
  'CREATE DATABASE play CHARACTER SET latin1',
  'USE play',
];

const VICTIMS = ['victim', 'victim2'];

export interface Truth {
  readonly destroyed: boolean;
  readonly said: string;
}

/** What the wrappers create. */
const KEPT = ['PROCEDURE', 'FUNCTION', 'EVENT'].flatMap((kind) =>
  ['p', 'e', 'begin'].map((name) => `${kind} IF EXISTS ${name}`),
);

export class ServerJudge {
  readonly #port: number;
  readonly #keeper: RawClient;

  private constructor(port: number, keeper: RawClient) {
    this.#port = port;
    this.#keeper = keeper;
  }

  static async open(port: number): Promise<ServerJudge> {
    const keeper = await RawClient.open(port);
    for (const sql of SETUP) await must(keeper, sql);
    for (const victim of VICTIMS) await raise(keeper, victim);
    return new ServerJudge(port, keeper);
  }

  /** Sends the text in a session of its own and says whether anything was destroyed. */
  async judge(variant: Variant): Promise<Truth> {
    const session = await RawClient.open(this.#port);
    try {
      await must(session, `SET sql_mode='${variant.sqlMode}'`);
      await must(session, 'USE play');
      await must(session, 'SET @w=NULL');
      await must(session, `SET NAMES ${variant.charset}`);
      const results = await session.query(variant.sql);
      const dispatched = await this.#dispatched(session, variant.sql);
      const lost = await this.#restore();
      const said = results.map(({ error }) => error ?? 'ok').join(' | ');
      return { destroyed: lost || dispatched, said };
    } finally {
      session.close();
    }
  }

  close(): void {
    this.#keeper.close();
  }

  /** DROP TEMPORARY TABLE counts as Com_drop_table too, so there only the loss tells. */
  async #dispatched(session: RawClient, sql: string): Promise<boolean> {
    if (/temporary/i.test(sql)) return false;
    const [counters] = await session.query("SHOW SESSION STATUS LIKE 'Com\\_%'").catch(() => []);
    const found = new Map(counters?.rows.map(([name, value]) => [name ?? '', Number(value)]));
    return ['Com_drop_table', 'Com_truncate'].some((name) => (found.get(name) ?? 0) > 0);
  }

  /** True if a victim was gone or empty; it is back afterwards. */
  async #restore(): Promise<boolean> {
    let lost = false;
    for (const victim of VICTIMS) {
      const [count] = await this.#keeper.query(`SELECT COUNT(*) FROM ${victim}`);
      if (count?.rows[0]?.[0] === '1') continue;
      lost = true;
      await raise(this.#keeper, victim);
    }
    for (const kept of KEPT) await this.#keeper.query(`DROP ${kept}`);
    return lost;
  }
}

async function raise(keeper: RawClient, victim: string): Promise<void> {
  await must(keeper, `DROP TABLE IF EXISTS ${victim}`);
  await must(keeper, `CREATE TABLE ${victim} (a INT) ENGINE=MyISAM`);
  await must(keeper, `INSERT INTO ${victim} VALUES (1)`);
}

async function must(client: RawClient, sql: string): Promise<void> {
  for (const { error } of await client.query(sql)) {
    if (error !== undefined) throw new Error(`${sql}: ${error}`);
  }
}
