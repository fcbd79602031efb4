// The house rules that no linter knows. A rule that review repeats twice becomes a check here.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EFFECTS } from '../src/sql/effect.js';

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(file));
const sources = tracked.filter((file) => /^src\/.*\.ts$/.test(file));
const text = (file: string): string => readFileSync(file, 'utf8');

/** A file's code without its comments and the words of its messages. */
const codeOf = (file: string): string =>
  text(file).replace(/\/\/.*|\/\*[\s\S]*?\*\/|'[^'\n]*'|`[^`]*`/g, "''");

/** A file without anything that runs: only types, and constants that types are made of. */
function isTypesOnly(file: string): boolean {
  return !/^(export )?(async )?(function|class) |^export const \w+ = (async )?\(/m.test(text(file));
}

/** `runs`: without those of types only, which are gone when it runs. */
function importsOf(file: string, runs = false): readonly string[] {
  const code = runs ? text(file).replace(/^import type [^;]*;/gm, '') : text(file);
  return [...code.matchAll(/from '(\.{1,2}\/[^']+)\.js'|import\('(\.[^']+)\.js'\)/g)].map((match) =>
    normalize(join(dirname(file), `${match[1] ?? match[2]}.ts`)),
  );
}

describe('tidy', () => {
  it('every source file that runs has a twin test, in test/ or among those with real servers', () => {
    const lonely = sources
      .filter((file) => !isTypesOnly(file) && file !== 'src/main.ts')
      .filter((file) => {
        const twin = file.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts');
        const e2e = `test/e2e/${basename(twin)}`;
        return !existsSync(twin) && !existsSync(e2e);
      });
    expect(lonely).toEqual([]);
  });

  it('every source file is reached from main.ts', () => {
    const reached = new Set<string>();
    const queue = ['src/main.ts'];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      queue.push(...importsOf(file));
    }
    expect(sources.filter((file) => !reached.has(file))).toEqual([]);
  });

  it('every source file opens with what it owns', () => {
    const silent = sources.filter((file) => !/^(#!.*\n)?(\/\/ |\/\*\*)/.test(text(file)));
    expect(silent).toEqual([]);
  });

  it('has no rooms without a name', () => {
    expect(
      tracked.filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.)/.test(file)),
    ).toEqual([]);
  });

  it('only main.ts, the lab and the audit lock touch the process', () => {
    // Whether the pid in a lock still lives, only a signal 0 tells.
    const allowed = /^src\/(main\.ts|lab\/.*|audit\/audit-lock\.ts)$/;
    const guilty = sources
      .filter((file) => !allowed.test(file))
      .filter(
        (file) =>
          /(?<![\w.])process\.\w/.test(codeOf(file)) || text(file).includes("from 'node:process'"),
      );
    expect(guilty).toEqual([]);
  });

  it('the inside rolls no dice and reads no clock', () => {
    const inside = sources.filter((file) => /^src\/(wire|sql|policy|session)\//.test(file));
    expect(inside.filter((file) => /Math\.random|Date\.now|new Date/.test(text(file)))).toEqual([]);
  });

  it('no test of the session core comes near a socket', () => {
    const tests = tracked.filter((file) => /^test\/(session|fuzz)\/.*\.ts$/.test(file));
    const reached = new Set<string>();
    const queue = [...tests];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      queue.push(...importsOf(file, true));
    }
    expect(tests.length).toBeGreaterThan(25);
    expect([...reached].filter((file) => /from '(node:(net|tls)|mysql2)/.test(text(file)))).toEqual(
      [],
    );
  });

  it('every effect has shipped tests or reader tests, both ways', () => {
    const tests = tracked
      .filter((file) => /^(test\/sql\/|rules\/)/.test(file))
      .map(text)
      .join('\n');
    expect(EFFECTS.filter((effect) => !tests.includes(effect))).toEqual([]);
  });

  it('every dependency has its sentence', () => {
    const manifest = JSON.parse(text('package.json')) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const page = text('docs/dependencies.md');
    const names = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('every link in the pages leads somewhere', () => {
    const dead = tracked
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) =>
        [...text(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)]*)?\)/g)]
          .map((match) => join(dirname(file), match[1] ?? ''))
          .filter((target) => !existsSync(target))
          .map((target) => `${file} → ${target}`),
      );
    expect(dead).toEqual([]);
  });

  it('no test is alone or left out', () => {
    const own = 'test/tidy.test.ts';
    const guilty = tracked.filter(
      (file) =>
        file.startsWith('test/') &&
        file !== own &&
        /\b(it|test|describe)\.(only|skip|todo)\b/.test(text(file)),
    );
    expect(guilty).toEqual([]);
  });
});
