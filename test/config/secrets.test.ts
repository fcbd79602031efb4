import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { readConfig } from '../../src/config/load.js';
import { monitorPasswords } from '../../src/config/secrets.js';

function config(monitor: string, file = '/interlock.yaml'): Config {
  const read = readConfig(
    file,
    `servers: { db1: { address: a, listen: a:1 } }\nmonitor: ${monitor}`,
  );
  if (read.kind === 'broken') throw new Error(JSON.stringify(read.errors));
  return read.value;
}

describe('monitorPasswords', () => {
  it('takes a password from the environment, an empty one too', () => {
    const fromEnv = config('{ user: i, passwordEnv: PW }');
    for (const password of ['s3cret', '']) {
      const found = monitorPasswords(fromEnv, { PW: password });
      expect(found.kind === 'loaded' && found.value.get('db1')).toBe(password);
    }
  });

  it('names the variable that is not set, and the server that needs it', () => {
    expect(monitorPasswords(config('{ user: i, passwordEnv: PW }'), {})).toMatchObject({
      kind: 'broken',
      errors: [{ message: expect.stringMatching(/of db1 .*variable PW, which is not set/) }],
    });
  });

  it('takes the first line of a file, and names the file that is not there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'interlock-secret-'));
    try {
      const fromFile = config('{ user: i, passwordFile: pw }', join(folder, 'interlock.yaml'));
      expect(monitorPasswords(fromFile, {})).toMatchObject({
        kind: 'broken',
        errors: [{ message: expect.stringContaining(join(folder, 'pw')) }],
      });
      writeFileSync(join(folder, 'pw'), 's3cret \r\nsecond line\n');
      const found = monitorPasswords(fromFile, {});
      expect(found.kind === 'loaded' && found.value.get('db1')).toBe('s3cret ');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
