// The audit file at the start: what log and metrics hear of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { verifyFiles } from '../src/audit/verify.js';
import { startAudit } from '../src/start-audit.js';
import { outcome } from './audit/chained-scene.js';

function partsIn(folder: string) {
  const lines: string[] = [];
  const heard: unknown[] = [];
  const log = (level: string) => (fields: object, text: string) => {
    lines.push(`${level} ${text} ${JSON.stringify(fields)}`);
  };
  const parts = {
    config: { audit: { file: join(folder, 'audit.jsonl') } },
    pid: process.pid,
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    metrics: {
      auditHead: (seq: number) => heard.push(seq),
      auditRecord: () => heard.push('record'),
      auditTailLost: (records: number) => heard.push(`lost ${records}`),
    },
  };
  return { parts, lines, heard };
}

it('tells its head, a torn record, and an end that was cut off', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const first = partsIn(folder);
  const audit = await startAudit(first.parts);
  await audit.append(outcome('R1'));
  await audit.append(outcome('R2'));
  const { head } = audit;
  await audit.close();
  expect(first.heard).toEqual([0, 1, 2]);
  expect(first.lines.at(-1)).toContain(`"head":"${head}","why":"stopped"`);
  writeFileSync(join(folder, 'audit.jsonl'), '{"torn');
  const second = partsIn(folder);
  await (await startAudit(second.parts)).close();
  expect(second.lines.join('\n')).toMatch(/warn .*cut off by a crash/);
  expect(second.lines.join('\n')).not.toContain('lacks durable records');
});

it('says of what was left open that nobody knows what became of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'audit.jsonl');
  const first = await startAudit(partsIn(folder).parts);
  await first.append({ ...outcome('R1'), inTransaction: true });
  await first.close();
  const second = partsIn(folder);
  await (await startAudit(second.parts)).close();
  expect(second.lines.join('\n')).toMatch(/warn what became of these .*"ids":\["R1"\]/);
  expect(second.heard.filter((each) => each === 'record')).toHaveLength(1);
  const third = partsIn(folder);
  await (await startAudit(third.parts)).close();
  expect(third.lines.join('\n')).not.toContain('what became of');
  expect((await verifyFiles([file], { whole: true })).problems).toEqual([]);
});

it('says why there is none, and goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { parts, lines } = partsIn(join(folder, 'audit.jsonl/below'));
  writeFileSync(join(folder, 'audit.jsonl'), '');
  const audit = await startAudit(parts);
  expect(audit.writable.ok).toBe(false);
  expect(lines[0]).toMatch(/^error no audit file/);
  await audit.close();
});
