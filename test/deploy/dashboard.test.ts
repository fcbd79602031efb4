// The Grafana dashboard is what its generator makes, and asks only for series that there are.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { execPath } from 'node:process';
import { expect, it } from 'vitest';
import { createMetrics } from '../../src/admin/metrics.js';
import { parseExposition } from '../admin/exposition.js';
import { asked, dashboardQueries } from './queries.js';

const FILE = 'deploy/grafana/interlock.json';

it('is the file that the generator writes', () => {
  const generator = 'deploy/grafana/generate.js';
  const made = execFileSync(execPath, [generator], { encoding: 'utf8' });
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(JSON.parse(made));
});

it('asks for metrics and labels that exist, in every panel', async () => {
  const servers = [
    { name: 'db1', guarded: true, mode: 'enforce' },
    { name: 'db2', guarded: true, mode: 'shadow' },
  ] as const;
  const metrics = createMetrics({ version: '0.1.0', servers });
  const { series } = parseExposition((await metrics.expose()).body);
  const queries = dashboardQueries();
  expect(queries.length).toBeGreaterThan(12);
  for (const query of queries) {
    const selectors = asked(query);
    expect({ query, selectors: selectors.length }).not.toEqual({ query, selectors: 0 });
    for (const { name, labels } of selectors) {
      const found = series.filter((each) => each.name === name);
      expect({ query, name, found: found.length > 0 }).toEqual({ query, name, found: true });
      const known = new Set(['instance', ...found.flatMap((each) => Object.keys(each.labels))]);
      expect({ query, unknown: labels.filter((label) => !known.has(label)) }).toEqual({
        query,
        unknown: [],
      });
    }
  }
});

it('gives every panel a title, a sentence and a place of its own', () => {
  const { panels } = JSON.parse(readFileSync(FILE, 'utf8'));
  const taken = new Set<string>();
  for (const panel of panels) {
    expect(panel.title).not.toBe('');
    if (panel.type !== 'row') expect(panel.description).toMatch(/\.$/);
    const { x, y, w, h } = panel.gridPos;
    expect(x + w).toBeLessThanOrEqual(24);
    for (let cell = 0; cell < w * h; cell += 1) {
      const place = `${x + (cell % w)},${y + Math.floor(cell / w)}`;
      expect(taken.has(place)).toBe(false);
      taken.add(place);
    }
  }
});
