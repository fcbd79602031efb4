import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadRules } from '../../src/config/rule-files.js';

const rule = (id: string) => `rules: [{ id: ${id}, match: {}, verdict: deny }]\n`;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-rules-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ids = (...paths: readonly string[]) => {
  const loaded = loadRules({ rules: paths.map((path) => ({ kind: 'path', path })) });
  return loaded.kind === 'loaded'
    ? loaded.value.rules.map(({ id }) => id)
    : loaded.errors.map(({ message, file }) => `${file.slice(folder.length)} ${message}`);
};

describe('loadRules', () => {
  it('reads files and the .yaml files of folders, and joins them', () => {
    mkdirSync(join(folder, 'rules'));
    writeFileSync(join(folder, 'one.yaml'), rule('one'));
    writeFileSync(join(folder, 'rules', 'b.yml'), rule('b'));
    writeFileSync(join(folder, 'rules', 'a.yaml'), rule('a'));
    writeFileSync(join(folder, 'rules', '.a.yaml.swp.yaml'), 'half: [');
    writeFileSync(join(folder, 'rules', 'notes.txt'), 'no rules');
    expect(ids(join(folder, 'one.yaml'), join(folder, 'rules'))).toEqual(['a', 'b', 'one']);
  });

  it('finds the shipped sets by name', () => {
    const loaded = loadRules({ rules: [{ kind: 'shipped', name: 'default' }] });
    expect(loaded.kind === 'loaded' && loaded.value.rules.map(({ id }) => id)).toContain(
      'no-drop-while-linked',
    );
  });

  it('says what cannot be read, and reports every broken file', () => {
    mkdirSync(join(folder, 'empty'));
    writeFileSync(join(folder, 'bad.yaml'), 'rules: 1');
    writeFileSync(join(folder, 'half.yaml'), '');
    writeFileSync(join(folder, 'large.yaml'), `# ${'x'.repeat(16 * 1024 * 1024)}`);
    const names = ['none', 'empty', 'bad.yaml', 'half.yaml', 'large.yaml'];
    expect(ids(...names.map((name) => join(folder, name)))).toEqual([
      expect.stringMatching(
        /^\/none cannot read the rules: there is no such file or folder \(ENOENT\)/,
      ),
      '/empty the folder has no .yaml file',
      '/bad.yaml rules must be a list of rules',
      '/half.yaml the file is empty: is it being written just now?',
      '/large.yaml the file has 16777218 bytes, more than the 16777216 allowed',
    ]);
  });
});
