// Sends an attack to a real server in a session of its own, and says from the server's own state
// whether the victim lost everything it can lose: itself, a column, its name, or every row.
import type { Attack } from './adversary-texts.js';
import { RawClient } from './raw-client.js';

/** Five rows of 0, so that a column alone (`WHERE a`) spares some; 1 to 15 once each. */
const VALUES = [0, 0, 0, 0, ...Array.from({ length: 16 }, (_, index) => index)];
const ROWS = VALUES.map((value) => `(${value},${value},1)`).join(',');

export class AdversaryJudge {
  readonly #port: number;
  readonly #partitions: string;
  #keeper: RawClient;
  /** What a mode that stands for several is called by the server. */
  readonly #modes = new Map<string, string>();

  private constructor(port: number, keeper: RawClient) {
    this.#port = port;
    this.#keeper = keeper;
    this.#partitions = 'PARTITION BY LIST (a) (PARTITION p0 VALUES IN (';
  }

  static async open(port: number): Promise<AdversaryJudge> {
    const judge = new AdversaryJudge(port, await RawClient.open(port));
    await judge.#raise();
    return judge;
  }

  /** The value of @@sql_mode; undefined where this server does not know the mode. */
  async modeOf(sqlMode: string): Promise<string | undefined> {
    if (!this.#modes.has(sqlMode)) {
      const session = await RawClient.open(this.#port);
      const [set] = await session.query(`SET sql_mode='${sqlMode}'`);
      const [row] = await session.query('SELECT @@sql_mode');
      if (set?.error === undefined) this.#modes.set(sqlMode, row?.rows[0]?.[0] ?? '');
      session.close();
    }
    return this.#modes.get(sqlMode);
  }

  async destroys({ sql, sqlMode, charset }: Attack): Promise<boolean> {
    const session = await RawClient.open(this.#port);
    try {
      await session.query('USE play');
      await session.query(`SET sql_mode='${sqlMode}'`);
      await session.query(`SET NAMES ${charset}`);
      await inTime(session.query(sql));
    } catch {
      // It has no answer that can be read, or none in time: what it did still counts.
    } finally {
      session.close();
    }
    const lost = await this.#isLost();
    if (lost) await this.#raise();
    return lost;
  }

  close(): void {
    this.#keeper.close();
  }

  async #isLost(): Promise<boolean> {
    const [row] = await this.#keeper.query('SELECT COUNT(*), SUM(b = 9) FROM play.victim');
    if (row?.error !== undefined) return true;
    const [count, nines] = row?.rows[0] ?? [];
    const [extra] = await this.#keeper.query('SELECT COUNT(*) FROM play.victim WHERE c = 1');
    if (extra?.error !== undefined) return true;
    if (Number(count) < 20 && Number(count) > 3) await this.#raise();
    return Number(count) <= 3 || Number(nines) >= 17;
  }

  async #raise(): Promise<void> {
    const values = [...new Set(VALUES)].join(',');
    for (const sql of [
      'DROP DATABASE IF EXISTS play',
      'CREATE DATABASE play CHARACTER SET latin1',
      `CREATE TABLE play.victim (a INT NOT NULL, b INT, c INT) ${this.#partitions}${values}))`,
      `INSERT INTO play.victim VALUES ${ROWS}`,
      'CREATE PROCEDURE play.wipe() TRUNCATE play.victim',
    ]) {
      const results = await this.#keeper.query(sql);
      const failed = results.find(({ error }) => error !== undefined);
      if (failed !== undefined) throw new Error(`${sql}: ${failed.error}`);
    }
  }
}

const DEADLINE_MS = 3_000;

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), DEADLINE_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
