// The mixin with the real tools: promtool reads and tests the rules, and a Prometheus that scrapes a
// running Interlock finds every series that the dashboard and the alerts ask for.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchTools } from '../../src/lab/fetch.js';
import { freePort } from '../../src/lab/ports.js';
import { run } from '../../src/lab/program.js';
import { Watchdog } from '../../src/lab/watchdog.js';
import { asked, dashboardQueries, promRules } from '../deploy/queries.js';
import { FETCH } from '../support/client-programs.js';
import { addAccounts, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';

const RULES = resolve('deploy/prometheus');

describe('promtool', () => {
  it('reads the rules, and each alert fires when it should and not otherwise', async () => {
    const { program } = await fetchTools('prometheus', FETCH);
    const promtool = await program('promtool');
    const checked = await run(promtool, ['check', 'rules', 'interlock.rules.yaml'], { cwd: RULES });
    expect(checked.stdout).toContain(`${promRules().length} rules found`);
    const tested = await run(promtool, ['test', 'rules', 'interlock.tests.yaml'], { cwd: RULES });
    expect(tested.stdout).toContain('SUCCESS');
  });
});

describe('a Prometheus that scrapes Interlock', () => {
  const lab = labWith({ line: 'mariadb-10.11', servers: ['db1'] });
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** Its address; it ends with this process. */
  async function prometheusOf(metricsPort: number): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'interlock-prometheus-'));
    const port = await freePort();
    await cp(join(RULES, 'interlock.rules.yaml'), join(folder, 'interlock.rules.yaml'));
    const scraping = {
      job_name: 'interlock',
      static_configs: [{ targets: [`127.0.0.1:${metricsPort}`] }],
    };
    const settings = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['interlock.rules.yaml'],
      scrape_configs: [scraping],
    };
    // YAML is a superset of JSON.
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(settings));
    const { program } = await fetchTools('prometheus', FETCH);
    const { command, args, env } = await program('prometheus');
    const flags = [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const watchdog = Watchdog.guard(folder);
    const child = spawn(command, [...args, ...flags], { env, detached: true, stdio: 'ignore' });
    if (child.pid !== undefined) watchdog.watch(child.pid);
    ends.push(async () => {
      child.kill('SIGKILL');
      await watchdog.release();
      await rm(folder, { recursive: true, force: true });
    });
    return `http://127.0.0.1:${port}`;
  }

  async function answerOf<T>(url: string): Promise<{ readonly data: T }> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
    return (await response.json()) as { readonly data: T };
  }

  async function ask(url: string): Promise<readonly unknown[]> {
    const { data } = await answerOf<{ readonly result: readonly unknown[] }>(url);
    return data.result;
  }

  it('finds every series that panels and alerts ask for', async () => {
    await addAccounts([lab.server('db1')]);
    const running = await RunningInterlock.start({ guarded: [lab.server('db1')], watched: [] });
    ends.push(() => running.stop());
    const at = await prometheusOf(running.at.metricsPort);
    const up = () => ask(`${at}/api/v1/query?query=${encodeURIComponent('up == 1')}`);
    await expect.poll(() => up().catch(() => []), { timeout: 60_000 }).toHaveLength(1);
    const expressions = [...dashboardQueries(), ...promRules().map(({ expr }) => expr)];
    const names = new Set(expressions.flatMap(asked).map(({ name }) => name));
    expect(names.size).toBeGreaterThan(12);
    for (const name of names) {
      // Pairs need a second server; that their metric exists, its description tells.
      const url = `${at}/api/v1/metadata?metric=${name.replace(/_bucket$/, '')}`;
      const { data } = await answerOf<object>(url);
      expect({ name, about: Object.keys(data).length }).toEqual({ name, about: 1 });
    }
    for (const query of dashboardQueries()) {
      const expression = query.replaceAll('$__rate_interval', '1m').replaceAll(/\$\w+/g, '.*');
      await ask(`${at}/api/v1/query?query=${encodeURIComponent(expression)}`);
    }
    const down = () => ask(`${at}/api/v1/query?query=ALERTS`);
    expect(await down()).toEqual([]);
  });
});
