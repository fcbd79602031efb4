// What is acknowledged is on disk; what is not on disk is not acknowledged.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OutcomeRecord } from '../../src/audit/outcome-record.js';
import { AuditSink } from '../../src/audit/sink.js';
import { temporaryFolder } from './temporary-folder.js';

const record = (id: string): OutcomeRecord => ({
  v: 1,
  kind: 'outcome',
  id,
  time: '2026-11-23T00:00:00.000Z',
  server: 'db1',
  outcome: 'ok',
  durationMs: 1,
});

const idsIn = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).id);

async function openSink(file: string, more: object = {}) {
  const sink = await AuditSink.open({ file, pid: process.pid, ...more });
  onTestFinished(() => sink.close());
  return sink;
}

const auditUnavailable = (text: RegExp) =>
  expect.objectContaining({ code: 'AUDIT_UNAVAILABLE', message: expect.stringMatching(text) });

describe('appending', () => {
  it('makes the folder and the file, for its owner only', async () => {
    const file = join(temporaryFolder(), 'var/lib/audit.jsonl');
    const sink = await openSink(file);
    await sink.append(record('R1'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    expect(idsIn(file)).toEqual(['R1']);
  });

  it('keeps the order of records that share a write', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    const sink = await openSink(file);
    const ids = Array.from({ length: 200 }, (_, index) => `R${index}`);
    await Promise.all(ids.map((id) => sink.append(record(id))));
    expect(idsIn(file)).toEqual(ids);
  });

  it('appends to what is there', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    for (const id of ['R1', 'R2']) {
      const sink = await AuditSink.open({ file, pid: process.pid });
      await sink.append(record(id));
      await sink.close();
    }
    expect(idsIn(file)).toEqual(['R1', 'R2']);
  });

  it('writes what waits before it closes, and nothing after', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    const sink = await openSink(file);
    const waiting = [sink.append(record('R1')), sink.append(record('R2'))];
    await sink.close();
    await Promise.all(waiting);
    expect(idsIn(file)).toEqual(['R1', 'R2']);
    await expect(sink.append(record('R3'))).rejects.toEqual(auditUnavailable(/closed/));
    expect(sink.writable.ok).toBe(false);
  });

  it('refuses more than may wait', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    const sink = await openSink(file, { waitingRecords: 2 });
    const both = [sink.append(record('R1')), sink.append(record('R2'))];
    await expect(sink.append(record('R3'))).rejects.toEqual(auditUnavailable(/2 records wait/));
    await Promise.all(both);
    await sink.append(record('R4'));
    expect(idsIn(file)).toEqual(['R1', 'R2', 'R4']);
  });
});

describe('a torn last line', () => {
  it('is closed, reported, and followed by whole records', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    writeFileSync(file, '{"id":"R1"}\n{"id":"R2","sta');
    const sink = await openSink(file);
    expect(sink.tornBytes).toBe(15);
    await sink.append(record('R3'));
    expect(readFileSync(file, 'utf8')).toMatch(/^{"id":"R1"}\n{"id":"R2","sta\n{"v":1,.*}\n$/);
  });

  it('is found however long it is', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    writeFileSync(file, `{"id":"R1"}\n${'x'.repeat(200_000)}`);
    expect((await openSink(file)).tornBytes).toBe(200_000);
  });

  it('is not seen where there is none', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    writeFileSync(file, '{"id":"R1"}\n');
    expect((await openSink(file)).tornBytes).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('{"id":"R1"}\n');
  });
});

describe('a disk that fails', () => {
  it('says file, errno and what to do when full, and recovers by itself', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    symlinkSync('/dev/full', file);
    const sink = await openSink(file);
    const text = /audit\.jsonl.*ENOSPC.*free space/;
    await expect(sink.append(record('R1'))).rejects.toEqual(auditUnavailable(text));
    expect(sink.writable).toEqual({ ok: false, reason: expect.stringMatching(text) });
    await expect(sink.append(record('R2'))).rejects.toEqual(auditUnavailable(text));
    unlinkSync(file);
    await sink.append(record('R3'));
    expect(sink.writable).toEqual({ ok: true });
    expect(idsIn(file)).toEqual(['R3']);
  });

  it('is ready again without a record having to come', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    symlinkSync('/dev/full', file);
    const sink = await openSink(file, { retryPeriodMs: 20 });
    await expect(sink.append(record('R1'))).rejects.toEqual(auditUnavailable(/ENOSPC/));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sink.writable.ok).toBe(false);
    unlinkSync(file);
    await expect.poll(() => sink.writable.ok).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('tells everybody who waited for the same write', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    symlinkSync('/dev/full', file);
    const sink = await openSink(file);
    const all = await Promise.allSettled(['R1', 'R2', 'R3'].map((id) => sink.append(record(id))));
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('does not open what is no file, and lets the lock go', async () => {
    const folder = join(temporaryFolder(), 'folder');
    mkdirSync(folder);
    await expect(AuditSink.open({ file: folder, pid: process.pid })).rejects.toEqual(
      auditUnavailable(/EISDIR.*name a file/),
    );
    expect(() => statSync(`${folder}.lock`)).toThrow('ENOENT');
    writeFileSync(join(folder, 'plain'), '');
    const below = join(folder, 'plain/audit.jsonl');
    await expect(AuditSink.open({ file: below, pid: process.pid })).rejects.toEqual(
      auditUnavailable(/ENOTDIR|EEXIST/),
    );
  });
});

/** Empties a pipe, so that the write that waits for room in it goes on. */
function drain(pipe: string): void {
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  readSync(reader, Buffer.alloc(65_536));
  closeSync(reader);
}

describe('a disk that does not answer', () => {
  it('fails whoever waits in time, refuses until it answers, then goes on', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    // A pipe takes 64 KiB and then lets the writer wait until somebody reads.
    execFileSync('mkfifo', [file]);
    const sink = await openSink(file, { stallTimeoutMs: 50 });
    const first = sink.append({ ...record('R1'), server: 'x'.repeat(100_000) });
    await expect(first).rejects.toEqual(auditUnavailable(/not answered for 0.05 s/));
    expect(sink.writable.ok).toBe(false);
    await expect(sink.append(record('R2'))).rejects.toEqual(auditUnavailable(/not answered/));
    drain(file);
    unlinkSync(file);
    await expect.poll(() => sink.append(record('R3')).then(() => 'kept', String)).toBe('kept');
    expect(idsIn(file)).toEqual(['R3']);
  });

  it('does not hold up closing, and keeps the lock with the write that may still land', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    execFileSync('mkfifo', [file]);
    const sink = await AuditSink.open({ file, pid: process.pid, stallTimeoutMs: 50 });
    const first = sink.append({ ...record('R1'), server: 'x'.repeat(100_000) });
    const closed = sink.close();
    await expect(first).rejects.toEqual(auditUnavailable(/not answered/));
    await closed;
    expect(statSync(`${file}.lock`).isFile()).toBe(true);
    drain(file);
  });
});

describe('rotation', () => {
  it('goes on in the new file after reopen, and loses none', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    const sink = await openSink(file);
    await sink.append(record('R1'));
    renameSync(file, `${file}.1`);
    await sink.append(record('R2'));
    const during = sink.append(record('R3'));
    await sink.reopen();
    await during;
    await sink.append(record('R4'));
    expect([...idsIn(`${file}.1`), ...idsIn(file)]).toEqual(['R1', 'R2', 'R3', 'R4']);
    expect(idsIn(file)).toContain('R4');
  });

  it('never writes to a file that was deleted', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    const sink = await openSink(file);
    await sink.append(record('R1'));
    rmSync(file);
    await sink.append(record('R2'));
    expect(idsIn(file)).toEqual(['R2']);
  });
});
