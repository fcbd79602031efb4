// A rule once read: names resolved, globs and networks compiled, its exceptions beside it. Types,
// and how they are made from a rule file's fields. Never judges; match.ts does.
import type { Effect } from '../sql/effect.js';
import type { Comparison } from './comparison.js';
import { endOfDayMs } from './expiry.js';
import { compileGlob, type Glob } from './glob.js';
import { type Network, parseNetwork } from './network.js';
import type {
  ConditionFields,
  ExceptionFields,
  LinkWord,
  ResidueWord,
  RuleFields,
} from './rule-schema.js';
import type { RuleMode, VerdictKind } from './verdict.js';

/** What must hold of one effect. An absent field asks nothing. */
export interface Conditions {
  readonly effect?: ReadonlySet<Effect>;
  readonly server?: readonly Glob[];
  readonly schema?: readonly Glob[];
  readonly table?: readonly Glob[];
  readonly user?: ReadonlySet<string>;
  readonly client?: readonly Network[];
  readonly program?: readonly Glob[];
  readonly deferred?: boolean;
  readonly logged?: boolean;
  readonly rows?: Comparison;
  readonly bytes?: Comparison;
}

/** What must hold of the servers that the effect would reach. */
export interface LinkConditions {
  readonly links?: readonly LinkWord[];
  readonly reaches?: 'writable' | readonly Glob[];
  /** What a relinking statement would replay. */
  readonly residue?: readonly ResidueWord[];
}

export interface CompiledException {
  readonly name: string;
  /** The first moment at which it no longer holds. */
  readonly endsAtMs?: number;
  readonly conditions: Conditions;
}

export interface RuleApprovals {
  readonly count: number;
  readonly from: readonly string[];
  /** Each group of `from` must be among those who sign. */
  readonly onePerGroup: boolean;
  readonly requester: 'known' | 'any';
}

export interface CompiledRule {
  readonly id: string;
  readonly title: string;
  readonly owner?: string;
  readonly file: string;
  readonly conditions: Conditions;
  readonly when: LinkConditions;
  readonly verdict: VerdictKind;
  readonly mode: RuleMode;
  /** `then` in a rule file: what becomes of the session after a denial. */
  readonly afterwards?: 'latch' | 'close';
  readonly approvals?: RuleApprovals;
  readonly exceptions: readonly CompiledException[];
}

/** The rule, from fields whose lists are spelled out and whose networks parse. */
export function compileRule(rule: RuleFields, file: string): CompiledRule {
  const { approvals } = rule;
  return {
    id: rule.id,
    title: rule.title ?? rule.id,
    ...(rule.owner === undefined ? {} : { owner: rule.owner }),
    file,
    conditions: compileConditions(rule.match),
    when: compileWhen(rule.when),
    verdict: rule.verdict,
    mode: rule.mode ?? 'enforce',
    ...(rule.then === undefined ? {} : { afterwards: rule.then }),
    ...(approvals === undefined ? {} : { approvals: { ...approvals, from: approvals.from ?? [] } }),
    exceptions: (rule.except ?? []).map(compileException),
  };
}

function compileException(exception: ExceptionFields): CompiledException {
  const { name, expires } = exception;
  const endsAtMs = expires === undefined ? undefined : endOfDayMs(expires);
  return {
    name,
    // A day that does not parse is refused earlier; were it not, the exception has ended.
    ...(expires === undefined ? {} : { endsAtMs: endsAtMs ?? 0 }),
    conditions: compileConditions(exception),
  };
}

function compileConditions(from: ConditionFields): Conditions {
  const { effect, user, client, deferred, logged, rows, bytes } = from;
  return {
    ...(effect === undefined ? {} : { effect: new Set(effect) }),
    ...optionalGlobs('server', from.server),
    ...optionalGlobs('schema', from.schema),
    ...optionalGlobs('table', from.table),
    ...(user === undefined ? {} : { user: new Set(user) }),
    ...(client === undefined ? {} : { client: networksOf(client) }),
    ...optionalGlobs('program', from.program),
    ...(deferred === undefined ? {} : { deferred }),
    ...(logged === undefined ? {} : { logged }),
    ...(rows === undefined ? {} : { rows }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

function compileWhen(when: RuleFields['when']): LinkConditions {
  const { links, reaches, residue } = when ?? {};
  return {
    ...(links === undefined ? {} : { links }),
    ...(reaches === undefined ? {} : { reaches: compileReaches(reaches) }),
    ...(residue === undefined ? {} : { residue }),
  };
}

function compileReaches(reaches: readonly string[]): 'writable' | readonly Glob[] {
  return reaches.includes('writable') ? 'writable' : reaches.map(compileGlob);
}

function networksOf(texts: readonly string[]): readonly Network[] {
  return texts.map(parseNetwork).filter((network) => network !== undefined);
}

function optionalGlobs<Field extends string>(
  field: Field,
  texts: readonly string[] | undefined,
): { readonly [Name in Field]?: readonly Glob[] } | Record<never, never> {
  return texts === undefined ? {} : { [field]: texts.map(compileGlob) };
}
