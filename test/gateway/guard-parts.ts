// A guard with hand-made parts, for its tests: links, rules and audit that say what a test wants,
// and a list of what was asked of them, in order.
import { createMetrics } from '../../src/admin/metrics.js';
import type { AuditRecord, DecisionRecord } from '../../src/audit/record.js';
import type { EnforcementMode } from '../../src/config/config.js';
import { type Doom, FlightBook } from '../../src/flight/book.js';
import { Flights } from '../../src/flight/flights.js';
import { createGuard, type Guard, type GuardParts } from '../../src/gateway/guard.js';
import type { RuleSet } from '../../src/policy/rules.js';
import type { Question } from '../../src/policy/verdict.js';
import type { RelinkResidue } from '../../src/residue/relink.js';
import { objectLabel } from '../../src/sql/effect.js';
import type { LinkState, Picture } from '../../src/topology/snapshot.js';
import { effectOf, factsOf, NOW_MS, ruleSetOf } from '../policy/facts.js';
import { answered, linkOf, pictureWith } from '../topology/views.js';

export const RULES = ruleSetOf(`
rules:
  - id: no-drop-while-linked
    match: { effect: [drop-table] }
    when: { links: linked }
    verdict: deny
    then: latch
`);

/** db2 and db1, which follows it in this state; asked at this moment of the monotonic clock. */
export function pictureOf(state: LinkState, askedAtMonotonicMs = 10): Picture {
  const views = [answered('db1'), answered('db2')];
  return { ...pictureWith([linkOf('db2', 'db1', state)], views), askedAtMonotonicMs };
}

export function questionOf(changes: Partial<Question> = {}): Question {
  const text = Buffer.from('DROP TABLE app.t');
  return {
    requester: factsOf().requester,
    command: 'COM_QUERY',
    payload: Buffer.concat([Buffer.from([3]), text]),
    text,
    facts: { effects: [effectOf()], statements: [] },
    ...changes,
  };
}

export interface Scene {
  readonly guard: Guard;
  /** What happened, in order. */
  readonly events: string[];
  readonly records: AuditRecord[];
  readonly warnings: string[];
  readonly dooms: Doom[];
  readonly book: FlightBook;
  metrics(): Promise<string>;
  /** Until everything that was under way has ended. */
  settled(): Promise<void>;
}

interface SceneOptions {
  readonly fresh?: () => Picture;
  /** The last picture; as `fresh` where nothing is said. */
  readonly current?: () => Picture | undefined;
  readonly anew?: () => Picture;
  readonly coordinates?: () => { file: string; position: number; gtid: string } | undefined;
  readonly rules?: RuleSet | undefined;
  readonly mode?: EnforcementMode;
  /** What the audit answers to each record; undefined: it is written. */
  readonly refusal?: string;
  /** Milliseconds on the monotonic clock when the statement comes. */
  readonly nowMs?: number;
  readonly slowAudit?: Promise<void>;
  readonly residue?: RelinkResidue;
  /** Rows of every object that is asked about; undefined: none is known. */
  readonly rows?: number;
}

export function sceneOf(options: SceneOptions = {}): Scene {
  const events: string[] = [];
  const records: AuditRecord[] = [];
  const warnings: string[] = [];
  const book = new FlightBook();
  const clock = { now: () => NOW_MS, monotonic: () => options.nowMs ?? 5 };
  let ids = 0;
  const metrics = createMetrics({
    version: 'test',
    servers: [{ name: 'db2', guarded: true, mode: options.mode ?? 'enforce' }],
  });
  const ask = (what: string, make: () => Picture): Promise<Picture> => {
    events.push(what);
    return Promise.resolve().then(make);
  };
  const fresh = options.fresh ?? (() => pictureOf('live'));
  const parts: GuardParts = {
    clock,
    flights: new Flights({
      book,
      clock,
      linkedBy: () => ['db1'],
      keepsPrepared: () => true,
      changed: () => undefined,
    }),
    newRecordId: () => {
      ids += 1;
      return `R000000000${ids}`;
    },
    topology: {
      current: options.current ?? fresh,
      fresh: () => ask('fresh', fresh),
      anew: () => ask('anew', options.anew ?? fresh),
      coordinates: async () => options.coordinates?.(),
    },
    ...(options.residue === undefined
      ? {}
      : {
          relinkResidue: async () => {
            events.push('residue');
            return options.residue ?? { state: 'unknown', pairs: [] };
          },
        }),
    sizes: async (server, objects, arrivedMs) => {
      events.push(`sizes of ${objects.map(objectLabel).join()} on ${server} since ${arrivedMs}`);
      const { rows } = options;
      return new Map(rows === undefined ? [] : objects.map((one) => [one, { rows, bytes: 1 }]));
    },
    ruleSet: () => ('rules' in options ? options.rules : RULES),
    modeOf: () => options.mode ?? 'enforce',
    audit: {
      append: async (record) => {
        events.push(`record ${record.kind}`);
        await options.slowAudit;
        if (options.refusal !== undefined) throw new Error(options.refusal);
        records.push(record);
      },
    },
    metrics,
    warn: (message) => warnings.push(message),
  };
  const guard = createGuard(parts);
  return {
    guard,
    events,
    records,
    warnings,
    dooms: [],
    book,
    metrics: async () => (await metrics.expose()).body,
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

export async function refusalOf(scene: Scene, question = questionOf()) {
  const judgement = await scene.guard.judge(question, (doom) => scene.dooms.push(doom));
  if (judgement.kind !== 'refused') throw new Error('it was permitted');
  return judgement;
}

export async function permitOf(scene: Scene, question = questionOf()) {
  const judgement = await scene.guard.judge(question, (doom) => scene.dooms.push(doom));
  if (judgement.kind !== 'permitted')
    throw new Error(`not permitted: ${JSON.stringify(judgement)}`);
  return judgement;
}

export function decisionIn(scene: Scene): DecisionRecord {
  const [record] = scene.records;
  if (record?.kind !== 'decision') throw new Error('no decision was recorded');
  return record;
}

export const severed = (): Picture => pictureOf('severed');
