// `interlock replay AUDIT --rules DIR`: what the recorded statements would have got under other
// rules, as a diff. Reads files only, one line at a time; asks no server and changes nothing.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import {
  isOutsideRules,
  missingOf,
  type RecordedDecision,
  readRecordedLine,
  recordedFacts,
} from '../audit/recorded-facts.js';
import type { Config, EnforcementMode } from '../config/config.js';
import { loadConfig, SHIPPED_RULE_SETS } from '../config/load.js';
import { loadRules } from '../config/rule-files.js';
import { fileTroubleOf } from '../errors.js';
import { replayed } from '../policy/replay.js';
import type { RuleSet } from '../policy/rules.js';
import { renderDiagnostics } from './diagnostics-view.js';
import { type Outcome, ReplayTally, renderReplay } from './replay-view.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export interface ReplayOptions extends CommonOptions {
  /** Rule files, folders or names of shipped sets; those of the configuration if none is given. */
  readonly rules: readonly string[];
  /** Judge by this mode, whatever the configuration says. */
  readonly mode?: EnforcementMode;
}

export async function replayCommand(
  audit: string,
  options: ReplayOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const config = configOf(options, terminal);
  if (config === undefined) return EXIT.usage;
  const rules = loadRules(config);
  if (rules.kind === 'broken') {
    terminal.err(renderDiagnostics(rules.errors, { color: terminal.color }));
    return EXIT.usage;
  }
  const tally = new ReplayTally(rules.value.revision);
  const modeOf = modesOf(options, config);
  try {
    if (!(await stat(audit)).isFile()) throw new Error('it is no file');
    await readLines(audit, (line, number) => {
      note(tally, { line, number }, { rules: rules.value, modeOf });
    });
  } catch (thrown) {
    terminal.err(`cannot read the audit record ${audit}: ${fileTroubleOf(thrown)}\n`);
    return EXIT.usage;
  }
  if (tally.decisions === 0) {
    terminal.err(`${audit} holds no decision that could be read${firstTrouble(tally)}\n`);
    return EXIT.usage;
  }
  if (options.json) printJson(terminal, tally.json());
  else terminal.out(renderReplay(tally, terminal));
  return tally.isSame ? EXIT.ok : EXIT.notOk;
}

async function readLines(
  file: string,
  take: (line: string, number: number) => void,
): Promise<void> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line !== '') take(line, number);
  }
}

function note(
  tally: ReplayTally,
  { line, number }: { readonly line: string; readonly number: number },
  by: {
    readonly rules: RuleSet;
    readonly modeOf: (server: string) => EnforcementMode;
  },
): void {
  const read = readRecordedLine(line);
  if (read.kind === 'unreadable') tally.unreadable.push({ line: number, reason: read.reason });
  if (read.kind !== 'decision') return;
  const { decision } = read;
  tally.note(decision, outcomeOf(decision, by));
}

function outcomeOf(
  decision: RecordedDecision,
  by: { readonly rules: RuleSet; readonly modeOf: (server: string) => EnforcementMode },
): Outcome {
  if (isOutsideRules(decision)) return { kind: 'same' };
  const missing = missingOf(decision);
  if (missing.length > 0) return { kind: 'unknown', missing };
  const found = replayed(recordedFacts(decision), by.rules, by.modeOf(decision.server));
  if (found.kind === 'unknown') return found;
  const { verdict, wouldBe, rule } = found.decision;
  const isSame =
    wouldBe === decision.wouldBe &&
    rule === decision.rule &&
    (verdict === decision.verdict || wasApproved(decision));
  return isSame ? { kind: 'same' } : { kind: 'changed', now: found.decision };
}

/** Somebody signed for it: the rule said then what it says now. */
function wasApproved({ verdict, wouldBe, mode }: RecordedDecision): boolean {
  return mode === 'enforce' && verdict === 'permit' && wouldBe === 'require-approval';
}

type Judged = Pick<Config, 'rules' | 'mode'> & Partial<Pick<Config, 'servers'>>;

/** With rules at hand a configuration is not needed, but one that is there tells the modes. */
function configOf(options: ReplayOptions, terminal: Terminal): Judged | undefined {
  const given = options.rules.map(ruleEntry);
  const loaded = loadConfig(options.config);
  if (loaded.kind === 'loaded') {
    return given.length === 0 ? loaded.value : { ...loaded.value, rules: given };
  }
  if (given.length > 0 && !options.configGiven) return { rules: given, mode: 'enforce' };
  terminal.err(renderDiagnostics(loaded.errors, { color: terminal.color }));
  if (given.length === 0) terminal.err('say which rules: --rules DIR, or --config FILE\n');
  return undefined;
}

function ruleEntry(text: string): Config['rules'][number] {
  const shipped = SHIPPED_RULE_SETS.find((name) => name === text && basename(text) === text);
  return shipped === undefined
    ? { kind: 'path', path: resolve(text) }
    : { kind: 'shipped', name: shipped };
}

function modesOf(options: ReplayOptions, config: Judged): (server: string) => EnforcementMode {
  return (server) =>
    options.mode ?? config.servers?.find(({ name }) => name === server)?.mode ?? config.mode;
}

function firstTrouble({ unreadable }: ReplayTally): string {
  const [first] = unreadable;
  return first === undefined ? '' : `; line ${first.line}: ${first.reason}`;
}
