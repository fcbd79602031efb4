// Sends an attack to a real server in a session of its own, and says from the server's own state
// whether the victim lost everything it can lose: itself, a column, its name, or every row.
import type { Attack } from './adversary-texts.js';
import { inTime } from './in-time.js';
import { RawClient } from './raw-client.js';

/** Five rows of 0, so that a column alone (`WHERE a`) spares some; 1 to 15 once each. */
const VALUES = [0, 0, 0, 0, ...Array.from({ length: 16 }, (_, index) => index)];
const ROWS = VALUES.map((value) => `(${value},${value},${value})`).join(',');
const SUM = VALUES.reduce((sum, value) => sum + value);
const KINDS = [...new Set(VALUES)].join(',');

const VICTIM = [
  'DROP TABLE IF EXISTS play.victim, play.gone',
  'DROP VIEW IF EXISTS play.victim',
  `CREATE TABLE play.victim (a INT NOT NULL, b INT, c INT)
   PARTITION BY LIST (a) (PARTITION p0 VALUES IN (${KINDS}))`,
  `INSERT INTO play.victim VALUES ${ROWS}`,
];

/** Code that loses the victim's rows, and what leads to it. */
const SCENE = [
  'DROP DATABASE IF EXISTS play',
  'CREATE DATABASE play CHARACTER SET latin1',
  ...VICTIM,
  'CREATE TABLE play.spare (a INT NOT NULL, b INT, c INT)',
  'CREATE TABLE play.fuse (a INT)',
  'CREATE TABLE play.lure (a INT PRIMARY KEY)',
  'CREATE PROCEDURE play.wipe() TRUNCATE play.victim',
  'CREATE PROCEDURE play.outer_p(x INT) BEGIN IF x = 1 THEN CALL wipe(); END IF; END',
  `CREATE PROCEDURE play.by_text()
   BEGIN SET @t = CONCAT('TRUNC', 'ATE play.victim'); PREPARE s FROM @t; EXECUTE s; END`,
  'CREATE PROCEDURE play.fire() INSERT INTO fuse VALUES (1)',
  'CREATE FUNCTION play.wipe_f() RETURNS INT BEGIN DELETE FROM victim; RETURN 1; END',
  'CREATE FUNCTION play.one_f() RETURNS INT DETERMINISTIC RETURN 1',
  'CREATE FUNCTION play.twice_f() RETURNS INT RETURN wipe_f() + 1',
  'CREATE VIEW play.seen AS SELECT play.wipe_f() AS n',
  'CREATE VIEW play.seen2 AS SELECT n FROM play.seen',
  'CREATE VIEW play.lens AS SELECT a FROM play.fuse',
  'CREATE TRIGGER play.t1 AFTER INSERT ON play.fuse FOR EACH ROW DELETE FROM victim',
  'CREATE TRIGGER play.t2 AFTER DELETE ON play.lure FOR EACH ROW UPDATE victim SET b = 9',
  'CREATE TRIGGER play.t3 AFTER UPDATE ON play.lure FOR EACH ROW DELETE FROM victim WHERE 1 = 1',
];
/** Whatever was fired is there to be fired again. */
const REARMED = ['REPLACE INTO play.lure VALUES (1)'];

const DEADLINE_MS = 5_000;

export class AdversaryJudge {
  readonly #port: number;
  #keeper: RawClient;
  /** What a mode that stands for several is called by the server. */
  readonly #modes = new Map<string, string>();

  private constructor(port: number, keeper: RawClient) {
    this.#port = port;
    this.#keeper = keeper;
  }

  static async open(port: number): Promise<AdversaryJudge> {
    const judge = new AdversaryJudge(port, await RawClient.open(port));
    await judge.#tell('SET GLOBAL log_bin_trust_function_creators = 1');
    for (const sql of SCENE) await judge.#tell(sql);
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
      await session.query(`USE play; SET sql_mode='${sqlMode}'; SET NAMES ${charset}`);
      await inTime(session.query(sql), DEADLINE_MS);
    } catch {
      // It has no answer that can be read, or none in time: what it did still counts.
    } finally {
      session.close();
    }
    const state = await this.#look();
    if (state !== 'whole') await this.#raise();
    return state === 'lost';
  }

  close(): void {
    this.#keeper.close();
  }

  async #look(): Promise<'whole' | 'damaged' | 'lost'> {
    const [row] = await this.#keeper.query('SELECT COUNT(*), SUM(b = 9), SUM(c) FROM play.victim');
    if (row?.error !== undefined) return 'lost';
    const [count, nines, sum] = (row?.rows[0] ?? []).map(Number);
    if ((count ?? 0) <= 3 || (nines ?? 0) >= 17) return 'lost';
    return count === 20 && nines === 1 && sum === SUM ? 'whole' : 'damaged';
  }

  async #raise(): Promise<void> {
    try {
      for (const sql of [...VICTIM, 'DELETE FROM play.fuse', 'TRUNCATE play.lure'])
        await this.#tell(sql);
    } catch {
      // The schema itself is gone, or what stands in it is something else.
      for (const sql of SCENE) await this.#tell(sql);
    }
    for (const sql of REARMED) await this.#tell(sql);
  }

  async #tell(sql: string): Promise<void> {
    const results = await this.#keeper.query(sql);
    const failed = results.find(({ error }) => error !== undefined);
    if (failed !== undefined) throw new Error(`${sql}: ${failed.error}`);
  }
}
