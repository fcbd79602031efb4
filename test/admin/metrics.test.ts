// Every metric of docs/metrics.md, as a scraper reads it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMetrics, type Metrics } from '../../src/admin/metrics.js';
import { BUILT_IN_RULES } from '../../src/policy/verdict.js';
import { EFFECTS } from '../../src/sql/effect.js';
import { COMMANDS } from '../../src/wire/commands.js';
import { parseExposition } from './exposition.js';

const servers = [
  { name: 'db1', guarded: true, mode: 'enforce' },
  { name: 'db2', guarded: true, mode: 'shadow' },
  { name: 'replica1', guarded: false, mode: 'enforce' },
] as const;
const create = () => createMetrics({ version: '0.1.0', servers });
const scrape = async (metrics: Metrics) => parseExposition((await metrics.expose()).body);

const NAMES = [
  'commands_total',
  'statements_total',
  'session_questions_total',
  'decisions_total',
  'link_state',
  'link_last_probe_timestamp_seconds',
  'link_probe_failures_total',
  'residue_destructive_events',
  'decision_duration_seconds',
  'in_flight',
  'in_flight_ended_total',
  'connections',
  'mode',
  'rules_loaded',
  'rules_last_reload_successful',
  'rules_last_reload_success_timestamp_seconds',
  'approvals_total',
  'approval_store_usable',
  'admin_requests_total',
  'sessions_around',
  'break_glass_total',
  'audit_write_failures_total',
  'audit_records_total',
  'audit_lost_records_total',
  'audit_head_record',
  'audit_head_hash',
  'build_info',
].map((name) => `interlock_${name}`);

describe('from the start', () => {
  it('has every metric, with the content type scrapers ask for', async () => {
    const { contentType } = await create().expose();
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    const page = await scrape(create());
    expect([...page.types.keys()].sort()).toEqual([...NAMES].sort());
    for (const name of NAMES) {
      const series = page.series.filter((entry) => entry.name.startsWith(name));
      expect(series.length, name).toBeGreaterThan(0);
    }
  });

  it('is what docs/metrics.md lists, no more and no less', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
    const listed = [...docs.matchAll(/^\| `(interlock_\w+)/gm)].map((match) => match[1]);
    expect(listed.sort()).toEqual([...NAMES].sort());
  });

  it('has every command and effect of every guarded server at 0, and of no other', async () => {
    const page = await scrape(create());
    for (const server of ['db1', 'db2']) {
      for (const command of [...Object.keys(COMMANDS), 'unknown']) {
        expect(page.value('interlock_commands_total', { server, command })).toBe(0);
      }
      for (const effect of ['none', ...EFFECTS]) {
        expect(page.value('interlock_statements_total', { server, effect })).toBe(0);
      }
      expect(page.value('interlock_connections', { server })).toBe(0);
      expect(page.value('interlock_sessions_around', { server })).toBe(0);
    }
    const watched = page.series.filter(({ labels }) => labels.server === 'replica1');
    expect(watched).toEqual([]);
  });

  it('has none and each built-in for each server, in the modes they can decide in', async () => {
    const page = await scrape(create());
    const decisions = (labels: Record<string, string>) =>
      page.value('interlock_decisions_total', labels);
    expect(decisions({ server: 'db1', rule: 'none', verdict: 'permit', mode: 'enforce' })).toBe(0);
    expect(decisions({ server: 'db2', rule: 'none', verdict: 'permit', mode: 'shadow' })).toBe(0);
    for (const rule of BUILT_IN_RULES) {
      for (const server of ['db1', 'db2']) {
        expect(decisions({ server, rule, verdict: 'deny', mode: 'enforce' })).toBe(0);
      }
      expect(decisions({ server: 'db2', rule, verdict: 'deny', mode: 'shadow' })).toBe(0);
    }
  });

  it('tells version and modes', async () => {
    const page = await scrape(create());
    expect(page.value('interlock_build_info', { version: '0.1.0' })).toBe(1);
    expect(page.value('interlock_mode', { server: 'db1', mode: 'enforce' })).toBe(1);
    expect(page.value('interlock_mode', { server: 'db1', mode: 'shadow' })).toBe(0);
    expect(page.value('interlock_mode', { server: 'db2', mode: 'shadow' })).toBe(1);
  });
});

describe('counting', () => {
  it('shows the sessions around and the sealed keys of one server', async () => {
    const metrics = create();
    metrics.sessionsAround('db1', 3);
    metrics.breakGlass('db2');
    const page = await scrape(metrics);
    expect(page.value('interlock_sessions_around', { server: 'db1' })).toBe(3);
    expect(page.value('interlock_sessions_around', { server: 'db2' })).toBe(0);
    expect(page.value('interlock_break_glass_total', { server: 'db1' })).toBe(0);
    expect(page.value('interlock_break_glass_total', { server: 'db2' })).toBe(1);
  });

  it('shows whether the store of approvals can be used, as it can be where there is none', async () => {
    const metrics = create();
    const usable = async () => (await scrape(metrics)).value('interlock_approval_store_usable');
    expect(await usable()).toBe(1);
    metrics.approvalStoreUsable(false);
    expect(await usable()).toBe(0);
    metrics.approvalStoreUsable(true);
    expect(await usable()).toBe(1);
  });

  it('adds up over several scrapes', async () => {
    const metrics = create();
    metrics.command('db1', 'COM_QUERY');
    metrics.command('db1', 'COM_QUERY');
    metrics.unguarded('db1');
    await metrics.expose();
    metrics.command('db1', 'COM_QUERY');
    metrics.command('db2', 'unknown');
    metrics.guarded('db1', ['drop-table', 'drop-table', 'relink']);
    const page = await scrape(metrics);
    const commands = 'interlock_commands_total';
    const statements = 'interlock_statements_total';
    expect(page.value(commands, { server: 'db1', command: 'COM_QUERY' })).toBe(3);
    expect(page.value(commands, { server: 'db2', command: 'unknown' })).toBe(1);
    expect(page.value(statements, { server: 'db1', effect: 'none' })).toBe(1);
    expect(page.value(statements, { server: 'db1', effect: 'drop-table' })).toBe(1);
    expect(page.value(statements, { server: 'db1', effect: 'relink' })).toBe(1);
  });

  it('makes no series for what is not configured', async () => {
    const metrics = create();
    const before = (await scrape(metrics)).series.length;
    metrics.command('10.0.0.9', 'COM_QUERY');
    metrics.unguarded('replica1');
    metrics.guarded('nobody', ['drop-table']);
    metrics.probeFailed('nobody', 'db1', 'timeout');
    metrics.probeFailed('db1', '10.0.0.9:3306', 'timeout');
    metrics.connections('nobody', 1);
    expect((await scrape(metrics)).series.length).toBe(before);
  });

  it('counts decisions, their time, connections and audit records', async () => {
    const metrics = create();
    const sample = { server: 'db1', rule: 'r1', verdict: 'deny', mode: 'enforce' } as const;
    metrics.decision(Object.assign({ more: 'than labels' }, sample));
    metrics.decisionTook(0.0004);
    metrics.decisionTook(0.3);
    metrics.connections('db1', 1);
    metrics.connections('db1', 1);
    metrics.connections('db1', -1);
    metrics.auditRecord();
    metrics.auditWriteFailed();
    const page = await scrape(metrics);
    const bucket = 'interlock_decision_duration_seconds_bucket';
    expect(page.value('interlock_decisions_total', sample)).toBe(1);
    expect(page.value(bucket, { le: '0.0005' })).toBe(1);
    expect(page.value(bucket, { le: '0.25' })).toBe(1);
    expect(page.value(bucket, { le: '0.5' })).toBe(2);
    expect(page.value(bucket, { le: '10' })).toBe(2);
    expect(page.value('interlock_decision_duration_seconds_count')).toBe(2);
    expect(page.value('interlock_connections', { server: 'db1' })).toBe(1);
    expect(page.value('interlock_audit_records_total')).toBe(1);
    expect(page.value('interlock_audit_write_failures_total')).toBe(1);
  });
});

describe('rules', () => {
  it('has each rule of a new set at 0 without losing what was counted', async () => {
    const metrics = create();
    metrics.rulesLoaded([{ id: 'r1', mode: 'enforce', verdict: 'deny' }], 5_000);
    const r1 = { server: 'db1', rule: 'r1', verdict: 'deny', mode: 'enforce' } as const;
    metrics.decision(r1);
    metrics.rulesLoaded(
      [
        { id: 'r1', mode: 'enforce', verdict: 'deny' },
        { id: 'r2', mode: 'shadow', verdict: 'deny' },
        { id: 'r3', mode: 'off', verdict: 'deny' },
      ],
      9_000,
    );
    const page = await scrape(metrics);
    expect(page.value('interlock_decisions_total', r1)).toBe(1);
    const r2 = { server: 'db1', rule: 'r2', verdict: 'deny', mode: 'shadow' };
    expect(page.value('interlock_decisions_total', r2)).toBe(0);
    expect(page.value('interlock_rules_loaded', { mode: 'enforce' })).toBe(1);
    expect(page.value('interlock_rules_loaded', { mode: 'shadow' })).toBe(1);
    expect(page.value('interlock_rules_loaded', { mode: 'off' })).toBe(1);
    expect(page.value('interlock_rules_last_reload_success_timestamp_seconds')).toBe(9);
  });

  it('says when the last reload failed, and keeps when the last good one was', async () => {
    const metrics = create();
    expect((await scrape(metrics)).value('interlock_rules_last_reload_successful')).toBe(0);
    metrics.rulesLoaded([], 7_000);
    expect((await scrape(metrics)).value('interlock_rules_last_reload_successful')).toBe(1);
    metrics.rulesReloadFailed();
    const page = await scrape(metrics);
    expect(page.value('interlock_rules_last_reload_successful')).toBe(0);
    expect(page.value('interlock_rules_last_reload_success_timestamp_seconds')).toBe(7);
  });
});
