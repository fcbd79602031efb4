// A day as Prometheus would have seen it: what a running Interlock exposed at moments that are chosen,
// held until the next one, as series in the notation of `promtool test rules`. promtool then runs
// Prometheus' own rule engine over the shipped rules at the day's real scale, `for:` and all, and
// says which alerts fired when.
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { fetchTools } from '../../src/lab/fetch.js';
import { run } from '../../src/lab/program.js';
import { asked, promRules } from '../deploy/queries.js';
import { FETCH } from './client-programs.js';

/** `text`: what /metrics said; undefined: nobody answered. */
export interface Scrape {
  readonly atSeconds: number;
  readonly text: string | undefined;
}

/** An alert that fired: from the first evaluation that it did in to the first that it did not. */
export interface Fired {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly during: readonly (readonly [from: string, to: string])[];
}

/** Scraped and evaluated once a minute: what the shortest `for:` can tell apart. */
const STEP_SECONDS = 60;
const DAY_SECONDS = 24 * 3600;
/** What every series has, and what is left of it where a rule sums. */
export const TARGET = { instance: 'interlock:9707', job: 'interlock' };
export const INSTANCE = { instance: TARGET.instance };

/** Fails, with all that promtool says, unless exactly these alerts fired exactly then. */
export async function expectAlerts(
  folder: string,
  day: { readonly scrapes: readonly Scrape[]; readonly fired: readonly Fired[] },
): Promise<void> {
  const rules = resolve('deploy/prometheus/interlock.rules.yaml');
  await writeFile(join(folder, 'interlock.rules.yaml'), await readFile(rules));
  const tests = {
    rule_files: ['interlock.rules.yaml'],
    evaluation_interval: `${STEP_SECONDS}s`,
    // Left out, promtool takes them in any order, and what an alert reads is a minute old or not.
    group_eval_order: ['interlock.recording', 'interlock.alerts'],
    tests: [
      {
        interval: `${STEP_SECONDS}s`,
        input_series: seriesOf(day.scrapes),
        promql_expr_test: QUESTIONS.map(({ expr, expected }) => ({
          expr,
          eval_time: '24h',
          exp_samples: day.fired.map((each) => ({ labels: labelsOf(each), value: expected(each) })),
        })),
      },
    ],
  };
  // YAML is a superset of JSON.
  await writeFile(join(folder, 'day.tests.yaml'), JSON.stringify(tests));
  const { program } = await fetchTools('prometheus', FETCH);
  const said: string[] = [];
  const asking = run(await program('promtool'), ['test', 'rules', 'day.tests.yaml'], {
    cwd: folder,
    onLine: (line) => said.push(line),
  });
  const isAsExpected = await asking.then(
    () => true,
    () => false,
  );
  expect(isAsExpected, said.join('\n').replaceAll(', {', ',\n  {')).toBe(true);
}

/** Together they tell each alert's every minute: how often it fired, when first and when last. */
const FIRING = 'ALERTS{alertstate="firing"}';
const QUESTIONS = [
  {
    expr: `count_over_time(${FIRING}[24h])`,
    expected: ({ during }: Fired) =>
      during.reduce((sum, [from, to]) => sum + (seconds(to) - seconds(from)) / STEP_SECONDS, 0),
  },
  {
    expr: `min_over_time(timestamp(${FIRING})[24h:${STEP_SECONDS}s])`,
    expected: ({ during }: Fired) => Math.min(...during.map(([from]) => seconds(from))),
  },
  {
    expr: `max_over_time(timestamp(${FIRING})[24h:${STEP_SECONDS}s])`,
    expected: ({ during }: Fired) =>
      Math.max(...during.map(([, to]) => seconds(to) - STEP_SECONDS)),
  },
] as const;

/** `HH:MM` or `HH:MM:SS` of the day. */
export function seconds(time: string): number {
  const [hours = 0, minutes = 0, rest = 0] = time.split(':').map(Number);
  return hours * 3600 + minutes * 60 + rest;
}

function labelsOf({ alert, labels }: Fired): string {
  const rule = promRules().find((each) => each.alert === alert);
  const all = { alertname: alert, alertstate: 'firing', ...rule?.labels, ...labels };
  const pairs = Object.entries(all).map(([name, value]) => `${name}="${value}"`);
  return `{${pairs.join(', ')}}`;
}

/** The series that the rules ask for, and the `up` that a scrape makes. */
function seriesOf(scrapes: readonly Scrape[]) {
  const names = new Set(promRules().flatMap(({ expr }) => asked(expr).map(({ name }) => name)));
  const read = scrapes.map(({ text }) => (text === undefined ? undefined : samplesIn(text, names)));
  const keys = new Set(read.flatMap((samples) => [...(samples?.keys() ?? [])]));
  const valuesOf = (valueAt: (index: number) => string | undefined): string =>
    scrapes
      .map(({ atSeconds }, index) => {
        const until = scrapes[index + 1]?.atSeconds ?? DAY_SECONDS + STEP_SECONDS;
        const steps = (until - atSeconds) / STEP_SECONDS;
        return held(valueAt(index), steps);
      })
      .join(' ');
  return [
    {
      series: `up{${labelText(TARGET)}}`,
      values: valuesOf((index) => (read[index] === undefined ? '0' : '1')),
    },
    ...[...keys].map((series) => ({ series, values: valuesOf((at) => read[at]?.get(series)) })),
  ];
}

/** A value for so many steps. What a scrape does not show any more is stale from then on. */
function held(value: string | undefined, steps: number): string {
  if (!Number.isInteger(steps) || steps < 1) throw new Error(`a moment of ${steps} steps`);
  if (value === undefined) return steps === 1 ? 'stale' : `stale _x${steps - 1}`;
  return steps === 1 ? value : `${value}x${steps - 1}`;
}

/** Value by series, the target's labels added: as text, nothing is rounded. */
function samplesIn(text: string, names: ReadonlySet<string>): ReadonlyMap<string, string> {
  const samples = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (!names.has(name)) continue;
    const all = [labels, labelText(TARGET)].filter((part) => part !== '').join(', ');
    samples.set(`${name}{${all}}`, value);
  }
  return samples;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ');
}
