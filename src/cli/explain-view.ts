// `interlock explain` for people and for programs. Pure: an explanation in, text out.

import { reachOfStatement } from '../policy/logging.js';
import type { Explanation, FieldTrace, RuleTrace } from '../policy/rule-trace.js';
import type { Facts } from '../policy/verdict.js';
import { objectLabel, type StatementEffect } from '../sql/effect.js';
import type { TextFacts } from '../sql/statement-facts.js';
import { createPainter } from './paint.js';

/** Everything there is to tell of one text. */
export interface Told {
  readonly text: Uint8Array;
  readonly read: TextFacts;
  readonly facts: Facts;
  readonly explanation: Explanation;
  /** What was taken for granted because nobody said it; '' for nothing. */
  readonly assumed: string;
  /** What the client would be told. */
  readonly message: string | undefined;
  /** The one rule to say everything about; the nearest ones if absent. */
  readonly rule?: string;
}

const NEAR_MISSES = 5;

export function renderExplanation(told: Told, style: { readonly color: boolean }): string {
  const paint = createPainter(style.color);
  const { explanation, facts, read } = told;
  const { decision, traces } = explanation;
  const lines = [
    ...section(paint('bold', 'Statements'), statementTexts(told)),
    ...section(paint('bold', 'Effects'), effectLines(read)),
    ...section(paint('bold', 'Reaches'), reachLines(told)),
    ...section(
      paint('bold', 'Rules'),
      told.rule === undefined ? ruleLines(traces) : wholeRule(told),
    ),
  ];
  const verdict =
    decision.verdict === 'permit' ? paint('green', 'permit') : paint('red', decision.verdict);
  const shadow =
    decision.wouldBe === decision.verdict ? '' : `, in shadow: would be ${decision.wouldBe}`;
  const unguarded =
    facts.effects.length === 0 ? ' (nothing guarded in it)' : ` by ${decision.rule}`;
  lines.push(`${paint('bold', 'Verdict')}  ${verdict}${unguarded}${shadow}`);
  if (told.message !== undefined) lines.push('', `  ${told.message}`);
  return `${lines.join('\n')}\n`;
}

/** The same, with nothing left out. */
export function explanationJson(told: Told): object {
  const { explanation, facts, read } = told;
  const { decision, traces } = explanation;
  return {
    server: facts.requester.server,
    statements: statementTexts(told),
    effects: read.effects.map(effectJson),
    ...(read.ambiguity === undefined ? {} : { ambiguity: read.ambiguity }),
    logged: facts.logged,
    reach: reachOfStatement(facts),
    verdict: decision.verdict,
    wouldBe: decision.wouldBe,
    rule: decision.rule,
    mode: decision.mode,
    rules: decision.matches,
    traces,
    revision: decision.revision,
    ...(told.message === undefined ? {} : { message: told.message }),
  };
}

function effectJson(effect: StatementEffect): object {
  return { ...effect, objects: effect.objects.map(objectLabel) };
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return [title, ...lines.map((line) => `  ${line}`), ''];
}

function statementTexts({ text, read }: Told): readonly string[] {
  const whole = [{ start: 0, end: text.length }];
  const spans = read.statements.length === 0 ? whole : read.statements;
  return spans
    .map(({ start, end }) => Buffer.from(text.subarray(start, end)).toString().trim())
    .filter((statement) => statement !== '');
}

function effectLines(read: TextFacts): readonly string[] {
  const lines = read.effects.map((effect) => {
    const objects = effect.objects.map(objectLabel).join(', ');
    const notes = [
      ...(effect.deferred ? ['deferred: in code kept for later'] : []),
      ...(effect.reason === undefined ? [] : [effect.reason]),
    ];
    const note = notes.length === 0 ? '' : `  (${notes.join('; ')})`;
    return `${effect.effect}  ${effect.verb}${objects === '' ? '' : ` ${objects}`}${note}`;
  });
  if (read.ambiguity !== undefined) lines.push(`it reads differently: ${read.ambiguity}`);
  return lines.length === 0 ? ['none: it passes without any rule being looked at'] : lines;
}

function reachLines({ facts, assumed }: Told): readonly string[] {
  const reach = reachOfStatement(facts);
  const lines = reach.map(
    ({ path, state, writable, reason }) =>
      `${path.join(' → ')}  ${state}${writable ? ', writable' : ''}  (${reason})`,
  );
  if (facts.reach.length === 0) lines.push('no other server: every link is severed');
  else if (lines.length === 0) lines.push('no other server: the session does not log it');
  return assumed === '' ? lines : [...lines, `assumed: ${assumed}`];
}

function ruleLines(traces: readonly RuleTrace[]): readonly string[] {
  const hits = traces.filter(({ outcome }) => outcome === 'matched' || outcome === 'lifted');
  const near = traces.filter(isNearMiss);
  const lines = hits.flatMap((trace) => {
    const lifted = trace.exceptions.find(({ lifts }) => lifts);
    const by = lifted === undefined ? '' : `, lifted by exception ${lifted.name}`;
    const mode = trace.mode === 'enforce' ? '' : ` [${trace.mode}]`;
    const line = `${trace.rule}: matches ${trace.effect} → ${trace.verdict}${mode}${by}`;
    return [line, ...(lifted === undefined ? trace.exceptions.map(exceptionLine) : [])];
  });
  for (const trace of near.slice(0, NEAR_MISSES)) {
    const missed = trace.fields.filter(({ holds }) => !holds).map(missedText);
    lines.push(`${trace.rule}: no match for ${trace.effect}: ${missed.join('; ')}`);
  }
  if (near.length > NEAR_MISSES) {
    const more = near.length - NEAR_MISSES;
    lines.push(
      `and ${more} more that do not match: ask for one with --rule, or for all with --json`,
    );
  }
  return lines.length === 0 ? ['none is about this'] : lines;
}

function exceptionLine({ name, expired, fields }: RuleTrace['exceptions'][number]): string {
  if (expired) return `  its exception ${name} has ended`;
  const missed = fields.filter(({ holds }) => !holds).map(missedText);
  return `  its exception ${name} does not hold: ${missed.join('; ')}`;
}

/** Every field of one rule, against each effect. */
function wholeRule({ rule, explanation }: Told): readonly string[] {
  const traces = explanation.traces.filter((trace) => trace.rule === rule);
  if (traces.length === 0) return [`nothing guarded to put to ${rule}`];
  return traces.flatMap((trace) => [
    `${trace.rule} (${trace.title}): ${trace.outcome} for ${trace.effect} → ${trace.verdict}, mode ${trace.mode}`,
    ...trace.fields.map(fieldLine),
    ...trace.exceptions.flatMap(({ name, lifts, expired, fields }) => [
      `  exception ${name}: ${lifts ? 'lifts it' : 'does not lift it'}${expired ? ', has ended' : ''}`,
      ...fields.map((field) => `  ${fieldLine(field)}`),
    ]),
  ]);
}

function fieldLine({ field, wanted, found, holds }: FieldTrace): string {
  return `  ${holds ? '✔' : '✘'} ${field}: wanted ${wanted}, is ${found === '' ? 'nothing' : found}`;
}

/** A rule about another effect altogether is no near miss, and says nothing of this text. */
function isNearMiss({ outcome, fields }: RuleTrace): boolean {
  return outcome === 'missed' && fields.every(({ field, holds }) => field !== 'effect' || holds);
}

function missedText({ field, wanted, found }: FieldTrace): string {
  return `${field} is ${found === '' ? 'nothing' : found}, wanted ${wanted}`;
}
