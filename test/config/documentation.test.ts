// docs/configuration.md says of every option what the schema says: that it is there, its default,
// and in which range with which unit. The schema is the one source.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configSchema } from '../../src/config/schema.js';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');

interface Option {
  readonly path: string;
  readonly fallback: unknown;
  readonly meta: Readonly<Record<string, unknown>> | undefined;
}

/** Every option of a mapping, by its path; what a server has stands below `servers.`. */
function optionsOf(schema: z.core.$ZodType, path = '', fallback?: unknown): readonly Option[] {
  const { def } = schema._zod;
  if (schema instanceof z.core.$ZodDefault || schema instanceof z.core.$ZodPrefault) {
    const { innerType, defaultValue } = schema._zod.def;
    return optionsOf(innerType, path, defaultValue);
  }
  if (schema instanceof z.core.$ZodOptional) return optionsOf(schema._zod.def.innerType, path);
  if (schema instanceof z.core.$ZodRecord) return optionsOf(schema._zod.def.valueType, path);
  if (schema instanceof z.core.$ZodObject) {
    return Object.entries(schema._zod.def.shape).flatMap(([key, inner]) =>
      optionsOf(inner, path === '' ? key : `${path}.${key}`, fieldOf(fallback, key)),
    );
  }
  expect(def.type).toBeDefined();
  return [{ path, fallback, meta: z.globalRegistry.get(schema) }];
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? { ...value }[key as never] : undefined;
}

const OPTIONS = optionsOf(configSchema);

/** The tables of one section, a row a list of cells. */
function rowsOf(section: string): readonly (readonly string[])[] {
  const start = PAGE.indexOf(`\n## ${section}\n`);
  const text = PAGE.slice(start, PAGE.indexOf('\n## ', start + 4));
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

/** The row of an option: in its own section under its own name, or by its path among the rest. */
function rowOf(path: string): { readonly cells: readonly string[]; readonly place: number } {
  const [section = '', ...below] = path.split('.');
  const isOwn = section === 'servers' || section === 'monitor';
  // A server's own monitor is one row: its fields are those of the common one.
  const own = below[0] === 'monitor' ? 'monitor' : below.join('.');
  const name = isOwn ? own : path;
  for (const cells of rowsOf(isOwn ? section : 'The rest')) {
    const names = [...(cells[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    const place = names.indexOf(name);
    if (place >= 0) return { cells, place };
  }
  throw new Error(`docs/configuration.md has no row for ${path}`);
}

function unitText(value: number, unit: unknown): string {
  const steps = unit === 'ms' ? DURATIONS : SIZES;
  if (value === 0) return '0';
  const [name, size] = steps.find(([, each]) => value % each === 0) ?? ['', 1];
  return `${value / size}${name}`;
}

const DURATIONS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;
const SIZES = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
  ['B', 1],
] as const;

describe('docs/configuration.md', () => {
  it('knows the options of the schema', () => {
    expect(OPTIONS.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['servers.address', 'monitor.user', 'audit.file', 'limits.statement']),
    );
    expect(OPTIONS.length).toBeGreaterThan(25);
  });

  it.each(OPTIONS.filter(({ path }) => path !== 'rules'))(
    'has $path, its default and its range',
    ({ path, fallback, meta }) => {
      const { cells, place } = rowOf(path);
      const { unit, min, max } = meta ?? {};
      const shown = unit === undefined ? plainText(fallback) : unitText(Number(fallback), unit);
      if (fallback !== undefined) {
        const defaults = [...(cells[2] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]);
        expect(defaults[place] ?? cells[2]).toBe(shown);
      }
      if (unit === undefined) return;
      const range = `(${unitText(Number(min), unit)} to ${unitText(Number(max), unit)})`;
      expect(cells[3]).toContain(range);
    },
  );
});

function plainText(value: unknown): string {
  if (Array.isArray(value) && value.length === 0) return value.length === 0 ? '[]' : '';
  return String(value);
}
