import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../src/admin/log.js';
import { createMetrics } from '../src/admin/metrics.js';
import { readConfig } from '../src/config/load.js';
import { startRules } from '../src/start-judging.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-start-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function options(more: string) {
  const text = `servers: { db1: { address: 10.0.0.1, listen: 127.0.0.1:0 } }
monitor: { user: u, passwordEnv: PW }
${more}`;
  const read = readConfig(join(folder, 'interlock.yaml'), text);
  if (read.kind === 'broken') throw new Error(JSON.stringify(read.errors));
  const log = createLogger({ level: 'silent', pretty: false });
  return { config: read.value, log, pid: 1 };
}

describe('starting what judges', () => {
  it('has rules, or says in its metrics that there are none', async () => {
    const metrics = createMetrics({ version: '1', servers: [] });
    expect(startRules(options('rules: [default]'), metrics).ruleSet?.rules.length).toBeGreaterThan(
      5,
    );
    writeFileSync(join(folder, 'broken.yaml'), 'rules: 7');
    expect(startRules(options('rules: [broken.yaml]'), metrics).ruleSet).toBeUndefined();
    const { body } = await metrics.expose();
    expect(body).toContain('interlock_rules_last_reload_successful 0');
  });
});
