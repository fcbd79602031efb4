// Runs the tests that stand beside rules: each statement is read and judged as a real one would
// be, with every rule asked what it says, enforced or not. The reader is handed in. Pure.
import type { Diagnostic } from '../config/config.js';
import type { ResidueState } from '../residue/pair.js';
import { type Dialect, type ReadContext, versionNumber } from '../sql/dialect.js';
import type { Effect, StatementEffect } from '../sql/effect.js';
import type { TextFacts } from '../sql/statement-facts.js';
import { LINK_STATES, type LinkState, type ReachEntry } from '../topology/snapshot.js';
import type { CompiledRule } from './compiled-rule.js';
import { decide, type JudgingRules } from './decide.js';
import { indexRules } from './rule-index.js';
import type { TestFields } from './rule-schema.js';
import type { RuleSet, RuleSuite } from './rules.js';
import type { Decision, Facts, Requester } from './verdict.js';

/** sql/statement-facts.ts's reader. */
export type TextReader = (text: Uint8Array, context: ReadContext) => TextFacts;

export interface RuleTestResult {
  readonly file: string;
  /** The test's statement, or its effect. */
  readonly subject: string;
  readonly passed: boolean;
  /** Where the test stands and what came instead; only when it failed. */
  readonly diagnostic?: Diagnostic;
}

/** A test that says nothing of a server is of this one. */
const DEFAULT_DIALECT: Dialect = { flavour: 'mariadb', version: 101_100 };
const DEFAULT_VERSIONS = { mariadb: 101_100, mysql: 90_000 } as const;
const GUARDED = 'db2';
const CONSUMER = 'db1';

export function runRuleTests(
  ruleSet: RuleSet,
  readText: TextReader,
  nowMs: number,
): readonly RuleTestResult[] {
  return ruleSet.suites.flatMap((suite) => {
    const rules = asIfEnforced(suite.rules);
    return suite.tests.map((test, position) =>
      runOne({ suite, test, position, readText, nowMs }, rules),
    );
  });
}

/** Tests ask what a rule says, in whatever mode it runs meanwhile. */
function asIfEnforced(rules: readonly CompiledRule[]): JudgingRules {
  const enforced = rules.map((rule): CompiledRule => ({ ...rule, mode: 'enforce' }));
  return { revision: 'tests', index: indexRules(enforced) };
}

interface OneTest {
  readonly suite: RuleSuite;
  readonly test: TestFields;
  readonly position: number;
  readonly readText: TextReader;
  readonly nowMs: number;
}

function runOne(one: OneTest, rules: JudgingRules): RuleTestResult {
  const { suite, test, position, readText } = one;
  const read = test.effect === undefined ? readSql(test, readText) : effectAlone(test.effect);
  const decision = decide(factsOf(one, read), rules, 'enforce');
  const base = { file: suite.file.file, subject: test.sql ?? test.effect ?? '' };
  const trouble = troubleWith(test, decision);
  if (trouble === undefined) return { ...base, passed: true };
  const effects = [...new Set(read.effects.map(({ effect }) => effect))].join(', ') || 'none';
  const diagnostic = suite.file.source.complain(['tests', position], {
    message: `this test fails: ${trouble}`,
    hint: `effects: ${effects}; rules that matched: ${matchedText(decision)}`,
  });
  return { ...base, passed: false, diagnostic };
}

function readSql(test: TestFields, readText: TextReader): TextFacts {
  return readText(new TextEncoder().encode(test.sql ?? ''), contextOf(test));
}

/** For a rule's tests of effects whatever statement has them. */
function effectAlone(effect: Effect): TextFacts {
  const objects = [{ schema: 'app', name: 't' }];
  return {
    effects: [{ effect, verb: effect.toUpperCase(), objects, deferred: false }],
    statements: [],
  };
}

function troubleWith(test: TestFields, decision: Decision): string | undefined {
  if (decision.verdict !== test.expect) {
    return `expected ${test.expect}, got ${decision.verdict} by rule ${decision.rule}`;
  }
  if (test.rule === undefined || test.rule === decision.rule) return undefined;
  const stands = decision.matches.some(
    ({ rule, verdict, exception }) =>
      rule === test.rule && verdict === test.expect && exception === undefined,
  );
  // With a permit, naming a rule says that this rule does not stop it.
  return stands || test.expect === 'permit'
    ? undefined
    : `expected rule ${test.rule}, got ${decision.rule}`;
}

function matchedText({ matches }: Decision): string {
  const texts = matches.map(({ rule, exception }) =>
    exception === undefined ? rule : `${rule} (lifted by ${exception})`,
  );
  return texts.join(', ') || 'none';
}

function contextOf(test: TestFields): ReadContext {
  return {
    dialect: dialectOf(test),
    sqlMode: test.sql_mode ?? '',
    charset: test.charset ?? 'utf8mb4',
    ...(test.database === undefined ? {} : { database: test.database }),
  };
}

function dialectOf({ flavour, version }: TestFields): Dialect {
  if (flavour === undefined && version === undefined) return DEFAULT_DIALECT;
  const named = flavour ?? DEFAULT_DIALECT.flavour;
  const number = version === undefined ? undefined : versionNumber(String(version));
  return { flavour: named, version: number ?? DEFAULT_VERSIONS[named] };
}

function factsOf({ test, nowMs }: OneTest, read: TextFacts): Facts {
  return {
    requester: requesterOf(test),
    effects: read.effects.map((effect) => sized(effect, test)),
    logged: test.logged ?? 'unknown',
    reach: reachOf(test),
    ...(test.logged === false ? { travelsTo: [] } : {}),
    lowerCaseTableNames: 0,
    residue: { state: residueState(test), pairs: [] },
    nowMs,
  };
}

/** Each object has the size that the test gives; without one it is not known. */
function sized(effect: StatementEffect, { rows, bytes }: TestFields): StatementEffect {
  const size = {
    ...(rows === undefined ? {} : { rows }),
    ...(bytes === undefined ? {} : { bytes }),
  };
  return { ...effect, objects: effect.objects.map((object) => ({ ...object, ...size })) };
}

function residueState({ residue = 'none' }: TestFields): ResidueState {
  return residue === 'any' ? 'some' : residue;
}

function requesterOf(test: TestFields): Requester {
  return {
    server: test.server ?? GUARDED,
    session: 0,
    threadId: 0,
    user: test.user ?? 'app',
    address: test.client ?? '127.0.0.1',
    port: 0,
    ...(test.program === undefined ? {} : { program: test.program }),
    ...(test.database === undefined ? {} : { database: test.database }),
  };
}

/** One consumer for each state the test names; severed, or none named, reaches nobody. */
function reachOf(test: TestFields): readonly ReachEntry[] {
  const source = test.server ?? GUARDED;
  const states = (test.links ?? []).filter((state) => state !== 'severed');
  return states
    .toSorted((a, b) => danger(b) - danger(a))
    .map((state, position) => {
      const server = position === 0 ? CONSUMER : `${CONSUMER}-${position + 1}`;
      const writable = test.writable ?? true;
      return { server, path: [source, server], state, writable, reason: 'as the test says' };
    });
}

function danger(state: LinkState): number {
  return LINK_STATES.indexOf(state);
}
