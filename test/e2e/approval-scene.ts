// One guarded server on which every DROP TABLE needs two people, and Interlocks before it that share
// their store of approvals: what races, kills and lost members of a cluster are tried on.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import type { LabServer } from '../../src/lab/server.js';
import { refusedWith } from '../support/approving.js';
import { CONTROL } from '../support/control.js';
import { addAccounts, RunningInterlock } from '../support/interlock.js';
import { Signers } from '../support/signers.js';

/** Counts its own runs, before it drops: a session that is cut off in between has run. */
export const STATEMENT =
  'INSERT INTO shop.ran (at) VALUES (NULL); DROP TABLE IF EXISTS shop.victim';

/** The rule hangs on no link, so that nothing but approvals decides. */
const RULES = `rules:
  - id: ask-people
    title: Dropping tables takes two people
    owner: security
    match: { effect: [drop-table] }
    verdict: require-approval
    approvals: { count: 2, from: [dba, security] }
tests:
  - { sql: "DROP TABLE t", links: live, expect: require-approval, rule: ask-people }
  - { sql: "SELECT 1", links: live, expect: permit }
`;

const PATIENT = 'links: { freshness: 1s, deadline: 30s }';
/** More than the races of a hundred sessions at once. */
const LIMITS = 'limits: { unauthenticated: 400, unauthenticatedPerAddress: 400 }';

export class ApprovalScene {
  readonly #db: LabServer;
  readonly #signers: Signers;
  readonly #folder: string;
  readonly #running: RunningInterlock[] = [];

  private constructor(db: LabServer, folder: string, signers: Signers) {
    this.#db = db;
    this.#folder = folder;
    this.#signers = signers;
  }

  static async open(db: LabServer, folder: string): Promise<ApprovalScene> {
    await addAccounts([db]);
    await db.execute(
      'CREATE DATABASE shop',
      'CREATE TABLE shop.ran (n INT PRIMARY KEY AUTO_INCREMENT, at DATETIME)',
    );
    await writeFile(join(folder, 'ask.yaml'), RULES);
    await writeFile(join(folder, 'control-password'), CONTROL.password, { mode: 0o600 });
    return new ApprovalScene(db, folder, await Signers.make(folder));
  }

  /** One more Interlock; `store` as in interlock.yaml. */
  async start(store: string): Promise<RunningInterlock> {
    const approvals = `approvals: { approvers: ${this.#signers.path}, store: ${store} }`;
    const rules = `rules: [${join(this.#folder, 'ask.yaml')}]`;
    const running = await RunningInterlock.start({
      guarded: [this.#db],
      more: [approvals, rules, PATIENT, LIMITS],
    });
    this.#running.push(running);
    return running;
  }

  /** The store of a control database in interlock.yaml. */
  control(servers: readonly LabServer[], database: string): string {
    const address = servers.map(({ host, port }) => `${host}:${port}`).join(', ');
    const account = `user: ${CONTROL.user}, passwordFile: ${join(this.#folder, 'control-password')}`;
    return `{ address: [${address}], database: ${database}, ${account}, deadline: 60s }`;
  }

  /** Asks through one and approves through another; the request and the signatures. */
  async approved(
    asker: Connection,
    through: RunningInterlock,
  ): Promise<{ readonly id: string; readonly tokens: readonly string[] }> {
    const { id } = await refusedWith(asker.query(STATEMENT));
    return { id, tokens: await this.#signers.approve(through, id) };
  }

  /** How often the statement has run, once nobody is running anything any more. */
  async ran(): Promise<number> {
    const [row] = await this.#db.query('SELECT COUNT(*) AS n FROM shop.ran');
    return Number(row?.n);
  }

  /** Nothing that a client asked for is still under way at the server. */
  async isQuiet(): Promise<boolean> {
    const [row] = await this.#db.query(
      "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE user = 'dba'",
    );
    return Number(row?.n) === 0;
  }

  async close(): Promise<void> {
    for (const running of this.#running.splice(0)) await running.stop();
  }
}
