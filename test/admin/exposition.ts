// A strict reader of Prometheus' text format 0.0.4, written from its description alone: anything
// that a scraper might refuse or misread throws.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  readonly types: ReadonlyMap<string, string>;
  readonly helps: ReadonlyMap<string, string>;
  readonly series: readonly Series[];
  /** The value of the one series with exactly these labels; throws when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
  all(name: string): readonly Series[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const NUMBER = /^(?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)$/;

export function parseExposition(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('the last line has no newline');
  const types = new Map<string, string>();
  const helps = new Map<string, string>();
  const series: Series[] = [];
  const seen = new Set<string>();
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    if (line.startsWith('#')) {
      readComment(line, types, helps);
      continue;
    }
    const sample = parseSample(line);
    const family = familyOf(sample.name, types);
    if (!types.has(family) || !helps.has(family)) throw new Error(`no TYPE or HELP: ${line}`);
    const key = keyOf(sample.name, sample.labels);
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    series.push(sample);
  }
  const value = (name: string, labels: Readonly<Record<string, string>> = {}) => {
    const wanted = keyOf(name, labels);
    const found = series.find((entry) => keyOf(entry.name, entry.labels) === wanted);
    if (found === undefined) throw new Error(`no series ${wanted}`);
    return found.value;
  };
  return { types, helps, series, value, all: (name) => series.filter((s) => s.name === name) };
}

function readComment(line: string, types: Map<string, string>, helps: Map<string, string>): void {
  const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
  if (kind === undefined) throw new Error(`neither HELP nor TYPE: ${line}`);
  const known = kind === 'TYPE' ? types : helps;
  if (known.has(name)) throw new Error(`second ${kind} of ${name}`);
  known.set(name, rest);
}

function parseSample(line: string): Series {
  const match = SAMPLE.exec(line);
  if (match === null) throw new Error(`no sample: ${line}`);
  const [, name = '', inner, number = ''] = match;
  if (!NUMBER.test(number)) throw new Error(`no number: ${line}`);
  return { name, labels: inner === undefined ? {} : parseLabels(inner), value: toNumber(number) };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    LABEL.lastIndex = at;
    const match = LABEL.exec(text);
    if (match === null) throw new Error(`bad labels: ${text}`);
    const [whole, name = '', value = ''] = match;
    if (name in labels) throw new Error(`label twice: ${text}`);
    labels[name] = value;
    at += whole.length;
  }
  return labels;
}

function toNumber(text: string): number {
  return text.endsWith('Inf') ? Number(`${text.replace('Inf', 'Infinity')}`) : Number(text);
}

function familyOf(name: string, types: ReadonlyMap<string, string>): string {
  const family = name.replace(/_(?:bucket|sum|count)$/, '');
  return types.get(family) === 'histogram' ? family : name;
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return `${name}{${pairs.sort().join(',')}}`;
}
