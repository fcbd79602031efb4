// People, a store in a temporary folder, and a statement that waits for approval: what the tests of
// approvals share. Time stands still until a test moves it.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { onTestFinished } from 'vitest';
import type { ApprovalResult } from '../../src/admin/metrics.js';
import { Approvals } from '../../src/approval/approvals.js';
import { EmbeddedStore } from '../../src/approval/embedded-store.js';
import { makeKey, type PrivateKey } from '../../src/approval/key-file.js';
import type { ApprovalRequest, Asked, StatementRequest } from '../../src/approval/request.js';
import type { Standing } from '../../src/approval/standing.js';
import type { ApprovalStore } from '../../src/approval/store.js';
import { type Decision, signToken } from '../../src/approval/token.js';
import type { ApprovalRecord } from '../../src/audit/approval-record.js';
import { decide } from '../../src/policy/decide.js';
import type { RuleSet } from '../../src/policy/rules.js';
import { readText } from '../../src/sql/statement-facts.js';
import { reachOf } from '../../src/topology/cascade.js';
import type { LinkState } from '../../src/topology/snapshot.js';
import type { CommandName } from '../../src/wire/commands.js';
import { ruleSetOf } from '../policy/facts.js';
import { answered, linkOf, pictureWith } from '../topology/views.js';

export const NOW_MS = Date.UTC(2026, 10, 27, 20);

export function rulesWith(approvals = '{ count: 2, from: [dba, security] }'): RuleSet {
  return ruleSetOf(`
rules:
  - id: no-drop-while-linked
    title: Dropping data while another server would follow
    match: { effect: [drop-table, delete-unbounded, drop-user] }
    when: { links: linked }
    verdict: require-approval
    approvals: ${approvals}
`);
}

export interface Statement {
  readonly sql?: string;
  readonly user?: string;
  readonly address?: string;
  readonly database?: string;
  readonly server?: string;
  readonly link?: LinkState;
  readonly rules?: RuleSet;
  readonly command?: CommandName;
  readonly tokens?: readonly string[];
  readonly session?: number;
}

export function asked(statement: Statement = {}): Asked {
  const { sql = 'DROP TABLE app.t', user = 'dba', address = '10.0.0.5' } = statement;
  const { session = 1 } = statement;
  const { server = 'db2', link = 'live', rules = rulesWith(), command = 'COM_QUERY' } = statement;
  const text = Buffer.from(sql);
  const database = statement.database;
  const requester = {
    ...{ server, session, threadId: 2, user, address, port: 50_000 },
    ...(database === undefined ? {} : { database }),
  };
  const facts = readText(text, {
    dialect: { flavour: 'mysql', version: 90_704 },
    ...(database === undefined ? {} : { database }),
  });
  const views = [answered('db1'), answered('db2'), answered('db3')];
  const others = ['db1', 'db2'].filter((name) => name !== server);
  const picture = pictureWith(
    others.map((other) => linkOf(server, other, link)),
    views,
  );
  const judged = {
    requester,
    effects: facts.effects,
    logged: true,
    picture,
    reach: reachOf(picture, server),
    nowMs: NOW_MS,
  };
  const { tokens } = statement;
  return {
    question: { requester, command, payload: text, text, facts, ...(tokens && { tokens }) },
    facts: judged,
    decision: decide(judged, rules, 'enforce'),
    rules: rules.rules,
  };
}

export interface PersonPlan {
  readonly groups?: readonly string[];
  readonly accounts?: readonly string[];
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly revoked?: string;
  readonly algorithm?: 'EdDSA' | 'ES256';
  readonly sealed?: { readonly accounts: readonly string[]; readonly servers: readonly string[] };
}

export const PEOPLE: Readonly<Record<string, PersonPlan>> = {
  alice: { groups: ['dba'], accounts: ['alice'] },
  bob: { groups: ['security'], accounts: ['bob'], algorithm: 'ES256' },
  carol: { groups: ['dba', 'security'], accounts: ['dba'] },
  dave: { groups: ['interns'], accounts: ['dave'] },
};

export class Scene {
  readonly folder: string;
  readonly approvals: Approvals;
  readonly results: ApprovalResult[] = [];
  readonly records: ApprovalRecord[] = [];
  readonly warnings: string[] = [];
  /** Servers at which a sealed key let something pass. */
  readonly broken: string[] = [];
  readonly keys = new Map<string, PrivateKey>();
  nowMs = NOW_MS;
  #ids = 0;

  private constructor(folder: string, store: ApprovalStore) {
    this.folder = folder;
    this.approvals = new Approvals({
      store,
      approversPath: join(folder, 'approvers'),
      gatherMs: 3_600_000,
      executeMs: 600_000,
      runMs: 7_200_000,
      breakGlassMs: 300_000,
      glassBroken: (server) => void this.broken.push(server),
      process: 'p1',
      caps: { perAccount: 3, inAll: 5 },
      clock: { now: () => this.nowMs, monotonic: () => this.nowMs },
      newRequestId: () => {
        this.#ids += 1;
        return `A${this.#ids}`;
      },
      sizes: async (_, objects) => new Map(objects.map((one) => [one, { rows: 7, bytes: 16_384 }])),
      count: (result) => void this.results.push(result),
      record: async (record) => void this.records.push(record),
      warn: (message, fields) => void this.warnings.push(`${message} ${fields.reason}`),
    });
  }

  static async open(
    people: Readonly<Record<string, PersonPlan>> = PEOPLE,
    store?: ApprovalStore,
  ): Promise<Scene> {
    const folder = mkdtempSync(join(tmpdir(), 'interlock-approvals-'));
    mkdirSync(join(folder, 'approvers'));
    const scene = new Scene(folder, store ?? new EmbeddedStore(join(folder, 'store.db')));
    onTestFinished(async () => {
      await scene.approvals.close();
      rmSync(folder, { recursive: true });
    });
    for (const [person, plan] of Object.entries(people)) await scene.add(person, plan);
    return scene;
  }

  /** Another Interlock on the same store, with the same people. */
  static on(other: Scene): Scene {
    const scene = new Scene(other.folder, new EmbeddedStore(join(other.folder, 'store.db')));
    scene.#ids = 100;
    onTestFinished(() => scene.approvals.close());
    return scene.with(other.keys);
  }

  with(keys: ReadonlyMap<string, PrivateKey>): this {
    for (const [person, key] of keys) this.keys.set(person, key);
    return this;
  }

  /** A new key of this person, whose entry replaces the one before. */
  async add(person: string, plan: PersonPlan): Promise<PrivateKey> {
    const { groups = [], accounts = [], notAfter, algorithm = 'EdDSA' } = plan;
    const made = await makeKey({
      ...{ person, groups, accounts, algorithm, notBefore: plan.notBefore ?? '2026-01-01' },
      ...(notAfter === undefined ? {} : { notAfter }),
    });
    this.write(`${person}.json`, made.publicText);
    if (plan.sealed !== undefined) this.#change(person, { sealed: plan.sealed });
    if (plan.revoked !== undefined) this.revoke(person, plan.revoked);
    const { d, kty, crv, x, y } = JSON.parse(made.privateText);
    const jwk: JWK = { kty, crv, x, d, ...(y && { y }) };
    const isSealed = plan.sealed !== undefined;
    const key = { person, kid: made.kid, algorithm, jwk, isSealed };
    this.keys.set(person, key);
    return key;
  }

  /** From the beginning of this day on. */
  revoke(person: string, day: string): void {
    this.#change(person, { revoked: day });
  }

  #change(person: string, fields: object): void {
    const file = join(this.folder, 'approvers', `${person}.json`);
    const entry = JSON.parse(readFileSync(file, 'utf8'));
    Object.assign(entry.keys[0], fields);
    writeFileSync(file, JSON.stringify(entry));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, 'approvers', name), text);
  }

  resolve(statement: Statement = {}, recordId = 'R1'): Promise<Standing> {
    return this.approvals.resolve(asked(statement), recordId);
  }

  /** The request that this statement waits for. */
  async request(statement: Statement = {}): Promise<StatementRequest> {
    const { approval } = await this.resolve(statement);
    const found = await this.approvals.find(approval.request ?? '');
    if (found === undefined || found.request.kind === 'batch') {
      throw new Error(`no request: ${approval.note}`);
    }
    return found.request;
  }

  async sign(
    request: ApprovalRequest,
    person: string,
    more: {
      readonly decision?: Decision;
      readonly nowMs?: number;
      readonly key?: PrivateKey;
      readonly reason?: string;
    } = {},
  ): Promise<string> {
    const key = more.key ?? this.keys.get(person);
    if (key === undefined) throw new Error(`${person} has no key`);
    return await signToken(request, {
      decision: more.decision ?? 'approve',
      key: key.jwk,
      kid: key.kid,
      algorithm: key.algorithm,
      nowMs: more.nowMs ?? this.nowMs,
      id: randomBytes(16).toString('base64url'),
      ...(more.reason === undefined ? {} : { reason: more.reason }),
    });
  }

  /** Signs and hands in; the reason if it is refused. */
  async say(
    request: ApprovalRequest,
    person: string,
    decision: Decision = 'approve',
    reason?: string,
  ) {
    const more = { decision, ...(reason === undefined ? {} : { reason }) };
    const taken = await this.approvals.submit(await this.sign(request, person, more));
    return taken.kind === 'taken' ? 'taken' : taken.reason;
  }
}

/** A key that nobody lists. */
export async function strangersKey(): Promise<PrivateKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { person: 'mallory', kid: 'x', algorithm: 'EdDSA', jwk, isSealed: false };
}
