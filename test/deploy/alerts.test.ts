// Every alert leads to a page that says what to do, and asks for series that there are.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createMetrics } from '../../src/admin/metrics.js';
import { parseExposition } from '../admin/exposition.js';
import { asked, promRules, yamlOf } from './queries.js';

interface PromTest {
  readonly alert_rule_test: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly unknown[];
  }[];
}

const alerts = promRules().flatMap((rule) => (rule.alert === undefined ? [] : [rule]));

it('has a runbook for each alert, and no other', () => {
  const pages = readdirSync('docs/runbooks').filter((file) => file !== 'README.md');
  expect(pages.sort()).toEqual(alerts.map(({ alert }) => `${alert}.md`).sort());
  for (const { alert, annotations } of alerts) {
    const page = annotations?.runbook_url ?? '';
    expect(existsSync(page)).toBe(true);
    expect(readFileSync(page, 'utf8')).toMatch(new RegExp(`^# ${alert}\n`));
  }
});

it('has what a runbook needs: what it means, what to look at, what to do', () => {
  for (const { alert } of alerts) {
    const page = readFileSync(`docs/runbooks/${alert}.md`, 'utf8');
    for (const heading of ['## What it means', '## Look', '## Do']) {
      expect({ alert, heading, there: page.includes(`\n${heading}\n`) }).toMatchObject({
        there: true,
      });
    }
  }
});

it('is tested by promtool both ways: firing, and quiet', () => {
  const { tests } = yamlOf<{ readonly tests: readonly PromTest[] }>(
    'deploy/prometheus/interlock.tests.yaml',
  );
  const cases = tests.flatMap((test) => test.alert_rule_test);
  for (const { alert } of alerts) {
    const own = cases.filter((each) => each.alertname === alert);
    const fired = own.map((each) => each.exp_alerts.length > 0);
    expect({ alert, fired: new Set(fired) }).toEqual({ alert, fired: new Set([true, false]) });
  }
});

it('asks for metrics that exist', async () => {
  // Two, so that there is a pair.
  const servers = (['db1', 'db2'] as const).map(
    (name) => ({ name, guarded: true, mode: 'enforce' }) as const,
  );
  const { body } = await createMetrics({ version: '0.1.0', servers }).expose();
  const names = new Set(parseExposition(body).series.map(({ name }) => name));
  const missing = promRules()
    .flatMap(({ expr }) => asked(expr))
    .filter(({ name }) => !names.has(name));
  expect(missing).toEqual([]);
});

it('pages for little, and says how urgent each is', () => {
  const severities = new Set(['page', 'ticket', 'info']);
  for (const { labels } of alerts) expect(severities).toContain(labels?.severity);
});
