// The building blocks of our schemas: fields that say what they expect and give an example, and
// the one place where what a schema found wrong becomes a diagnostic. Pure.
import { z } from 'zod';
import type { Diagnostic, Loaded } from './config.js';
import { didYouMean } from './spelling.js';
import { DURATION_EXAMPLE, parseDurationMs, parseSizeBytes, SIZE_EXAMPLE } from './units.js';
import type { YamlPath, YamlSource } from './yaml-source.js';

/** A mapping with these fields and no others; of some others it is said why they are none. */
export function fields<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  refused: Readonly<Record<string, string>> = {},
) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownField(key, known, refused[key])).join('\n')
        : `a mapping with ${known.slice(0, 4).join(', ')}${known.length > 4 ? ', …' : ''}`,
  });
}

export function text(expected: string) {
  return z.string({ error: expected }).min(1, { error: expected });
}

/** One of these words. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: oneOf(words) });
}

export function oneOf(words: readonly string[]): string {
  return words.length === 1 ? `${words[0]}` : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

export function flag() {
  return z.boolean({ error: 'true or false' });
}

export function whole(range: { readonly min: number; readonly max: number }) {
  const error = `a whole number from ${range.min} to ${range.max}`;
  return z.number({ error }).int({ error }).min(range.min, { error }).max(range.max, { error });
}

/** One item, or a list of them; always a list once read. */
export function oneOrMany<Item extends z.ZodType>(item: Item, expected: string) {
  const list = z
    .array(item, { error: expected })
    .min(1, { error: `${expected}, not an empty one` });
  return z
    .union([item, list], { error: expected })
    .transform((value): z.output<Item>[] => (Array.isArray(value) ? value : [value]));
}

export function duration(range: { readonly minMs: number; readonly maxMs: number }) {
  const { minMs: min, maxMs: max } = range;
  return quantity(DURATION_EXAMPLE, parseDurationMs, { min, max }).meta({ unit: 'ms', min, max });
}

export function size(range: { readonly minBytes: number; readonly maxBytes: number }) {
  const { minBytes: min, maxBytes: max } = range;
  return quantity(SIZE_EXAMPLE, parseSizeBytes, { min, max }).meta({ unit: 'bytes', min, max });
}

function quantity(
  example: string,
  parse: (text: string) => number | undefined,
  range: { readonly min: number; readonly max: number },
) {
  return parsed(example, (value) => {
    const number = parse(value);
    return number === undefined || number < range.min || number > range.max ? undefined : number;
  });
}

/** Text that `read` turns into something else; undefined means that it is not as expected. */
export function parsed<Value>(expected: string, read: (text: string) => Value | undefined) {
  return z.string({ error: expected }).transform((value, context): Value => {
    const result = read(value);
    if (result !== undefined) return result;
    context.issues.push({ code: 'custom', message: expected, input: value });
    return z.NEVER;
  });
}

/** Reads a source by a schema: the value, or every place where it is not as expected. */
export function readFields<Schema extends z.ZodType>(
  schema: Schema,
  source: YamlSource,
): Loaded<z.output<Schema>> {
  // A file of comments only is an empty mapping whose required fields are missing.
  const result = schema.safeParse(source.value ?? {}, { reportInput: true });
  if (result.success) return { kind: 'loaded', value: result.data, warnings: [] };
  const errors = result.error.issues.flatMap((issue) => diagnosticsOf(issue, [], source));
  return { kind: 'broken', errors };
}

type Issue = z.core.$ZodIssue;

function diagnosticsOf(issue: Issue, above: YamlPath, source: YamlSource): readonly Diagnostic[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) =>
      source.complain([...path, key], {
        ...unknownFieldParts(messages[index] ?? ''),
        atKey: true,
        secret: /pass|secret|token/i.test(key),
      }),
    );
  }
  if (issue.code === 'invalid_union') {
    const meant = meantOption(issue.errors);
    if (meant !== undefined) return meant.flatMap((inner) => diagnosticsOf(inner, path, source));
  }
  if (issue.code === 'invalid_key') {
    const expected = issue.issues[0]?.message ?? 'another one';
    return [source.complain(path, { message: `this name must be ${expected}`, atKey: true })];
  }
  const missing = issue.input === undefined;
  const label = labelOf(path);
  const message = missing
    ? `${label} is missing: expected ${issue.message}`
    : `${label} must be ${issue.message}`;
  const hint = hintFor(issue);
  return [source.complain(path, { message, ...(hint === undefined ? {} : { hint }) })];
}

/** Of several shapes, the one that was probably meant: the right kind, with the fewest faults. */
function meantOption(options: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return options
    .filter((issues) => !issues.some(isOfAnotherKind))
    .toSorted((a, b) => a.length - b.length)[0];
}

/** A list where a word is expected, or nothing at all: not a fault in what was meant. */
function isOfAnotherKind(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  return (
    issue.code === 'invalid_type' ||
    (issue.code === 'invalid_value' && typeof issue.input !== 'string')
  );
}

function hintFor(issue: Issue): string | undefined {
  if (issue.code !== 'invalid_value' || typeof issue.input !== 'string') return undefined;
  return didYouMean(issue.input, issue.values.map(String));
}

/** `links.freshness`, `rules[2].match.effect[0]`. */
function labelOf(path: YamlPath): string {
  const label = path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
  return label === '' ? 'the file' : label;
}

const SEPARATOR = '\t';

function unknownField(key: string, known: readonly string[], why: string | undefined): string {
  const hint = why ?? didYouMean(key, known) ?? `known here: ${known.join(', ')}`;
  return `unknown field "${key.replace(/[\s]/g, ' ')}"${SEPARATOR}${hint}`;
}

function unknownFieldParts(joined: string): { message: string; hint: string } {
  const [message = '', hint = ''] = joined.split(SEPARATOR);
  return { message, hint };
}
