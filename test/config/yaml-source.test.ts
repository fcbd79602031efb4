import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/config/config.js';
import { readYaml, YAML_LIMITS, type YamlSource } from '../../src/config/yaml-source.js';

function source(text: string): YamlSource {
  const read = readYaml('a.yaml', text);
  if (read.kind === 'broken') throw new Error(JSON.stringify(read.errors));
  return read.value;
}

function firstError(text: string): Diagnostic | undefined {
  const read = readYaml('a.yaml', text);
  return read.kind === 'broken' ? read.errors[0] : undefined;
}

describe('readYaml', () => {
  it('reads plain data, and keeps numbers that YAML would change as text', () => {
    expect(source('a: [1, x, true, null, 10.10, 1e3]\nb: {c: "5"}').value).toEqual({
      a: [1, 'x', true, null, '10.10', '1e3'],
      b: { c: '5' },
    });
  });

  it('points at keys, values and what is missing', () => {
    const read = source('a:\n  - b: 1\n    c: 2\n');
    const place = (path: PropertyKey[], atKey: boolean) => {
      const { line, column, excerpt } = read.complain(path, { message: '', atKey });
      return [line, column, excerpt];
    };
    expect(place(['a', 0, 'c'], false)).toEqual([3, 8, '    c: 2']);
    expect(place(['a', 0, 'c'], true)).toEqual([3, 5, '    c: 2']);
    expect(place(['a', 0, 'zz'], false)).toEqual([2, 5, '  - b: 1']);
  });

  it('leaves the line out where it may hold a secret', () => {
    expect(source('p: s3cret').complain(['p'], { message: '', secret: true }).excerpt).toBe(
      undefined,
    );
  });

  it.each([
    ['a: 1\na: 2', 2, 1, /already there/],
    ['a: [1, 2', 1, 9, /flow/i],
    ['a:\n\t- b', 2, 1, /spaces, never with tabs/],
    ['a:\n  b: { c: 1\nd: 1', 3, 1, /is a \{ or \[ before it closed/],
    ['a: *nobody', 1, 4, /alias|anchor/i],
    ['a: &x [1, *x]', 1, 11, /inside its own anchor/],
    ['a: &x { b: { c: *x } }', 1, 17, /inside its own anchor/],
    ['__proto__: 1', 1, 1, /not allowed/],
    ['? [a, b]\n: 1', 1, 3, /plain word/],
    ['a: !!js/function x', 1, 4, /tag/i],
  ])('says where %j is wrong', (text, line, column, message) => {
    const error = firstError(text);
    expect(error?.message).toMatch(message);
    expect([error?.line, error?.column]).toEqual([line, column]);
  });

  it('does not spell aliases out without end', () => {
    const levels = Array.from({ length: 9 }, (_, n) =>
      n === 0 ? 'a0: &a0 [x,x,x,x,x,x,x,x,x]' : `a${n}: &a${n} [${`*a${n - 1},`.repeat(9)}]`,
    );
    expect(firstError(levels.join('\n'))?.message).toMatch(/more than 500000 values/);
  });

  it('reads neither what is nested too deeply nor what is too large', () => {
    expect(firstError('['.repeat(40) + ']'.repeat(40))?.message).toMatch(/nested deeper/);
    expect(firstError('['.repeat(50_000))?.message).toBeDefined();
    expect(firstError(`# ${'x'.repeat(YAML_LIMITS.bytes)}`)?.message).toMatch(/larger than 16 MiB/);
  });
});
