// The primary's view of a worker, with a child that speaks the protocol by script: what is out with
// it when it dies is accounted for, whatever the order.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/gateway/guard.js';
import type { Judgement } from '../../src/policy/verdict.js';
import type { Counts } from '../../src/workers/messages.js';
import { WorkerProcess } from '../../src/workers/worker-child.js';
import { permit } from '../support/verdicts.js';

const QUESTION = `{
  requester: { server: 'db1', session: 1, threadId: 2, user: 'app', address: '::1', port: 3 },
  command: 'COM_QUERY', text: Buffer.from('DROP TABLE t'), facts: { effects: [], statements: [] },
}`;

/** Asks at once, tells what it is answered as a count, and dies when told to drain. */
const SCRIPT = `
process.on('message', (message) => {
  if (message.kind === 'drain') process.exit(3);
  if (message.kind === 'count') process.send({ kind: 'counts', counts: [], isAsked: true });
  if (message.kind !== 'judged') return;
  const server = message.judgement.kind + ' ' + Object.keys(message.judgement).join();
  process.send({ kind: 'counts', counts: [{ server, commands: [], unguarded: 0 }], isAsked: false });
  if (process.argv[3] === '2') {
    process.send({ kind: 'answered', recordId: message.judgement.recordId, outcome: { kind: 'ok' } });
    process.send({ kind: 'answered', recordId: 'made up', outcome: { kind: 'ok' } });
  }
});
process.send({ kind: 'ready' });
process.send({ kind: 'judge', id: 1, question: ${QUESTION} });
`;

describe('a worker process', () => {
  let folder = '';
  let script = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interlock-worker-'));
    script = join(folder, 'worker.cjs');
    await writeFile(script, SCRIPT);
  });
  afterAll(() => rm(folder, { recursive: true }));

  function start(number: number, judge: () => Judgement | Promise<Judgement>) {
    const outcomes: (readonly [string, Outcome])[] = [];
    const counted: Counts[] = [];
    const exits: string[] = [];
    const worker = new WorkerProcess({
      number,
      script,
      startedMs: 0,
      guard: {
        judge: async () => judge(),
        answered: (id, outcome) => outcomes.push([id, outcome]),
        transactionEnded: () => undefined,
        left: () => undefined,
        holdsOpen: () => false,
      },
      events: {
        ready: () => undefined,
        counted: (counts) => counted.push(...counts),
        exited: (_worker, how) => exits.push(how),
      },
    });
    return { worker, outcomes, counted, exits };
  }

  const permitted = (): Judgement => {
    const judgement = permit({
      requester: { server: '', session: 1, threadId: 1, user: '', address: '', port: 1 },
      command: 'COM_QUERY',
      payload: Buffer.alloc(0),
      text: Buffer.alloc(0),
      facts: { effects: [], statements: [] },
    });
    if (judgement instanceof Promise) throw new Error('not so here');
    return judgement;
  };

  it('is told the judgement and never a permit, and what was out with it is lost', async () => {
    const { worker, outcomes, counted, exits } = start(1, permitted);
    await expect
      .poll(() => counted.map(({ server }) => server))
      .toEqual(['permitted kind,recordId']);
    expect(worker.isReady).toBe(true);
    expect(outcomes).toEqual([]);
    worker.tell({ kind: 'drain', deadlineMs: 0 });
    await expect.poll(() => exits).toEqual(['exit code 3, with 0 sessions']);
    expect(outcomes).toEqual([['p1', { kind: 'connection-lost' }]]);
    expect(worker.isReady).toBe(false);
  });

  it('tells outcomes of its own permits, once', async () => {
    const { worker, outcomes, exits } = start(2, permitted);
    await expect.poll(() => outcomes).toEqual([['p1', { kind: 'ok' }]]);
    await worker.count();
    worker.kill();
    await expect.poll(() => exits).toEqual(['SIGKILL, with 0 sessions']);
    expect(outcomes).toHaveLength(1);
  });

  it('that died before its answer came loses that too', async () => {
    let answer: (judgement: Judgement) => void = () => undefined;
    const asked = new Promise<Judgement>((resolve) => {
      answer = resolve;
    });
    const { worker, outcomes, exits } = start(1, () => asked);
    await expect.poll(() => worker.isReady).toBe(true);
    worker.kill();
    await expect.poll(() => exits).toHaveLength(1);
    answer(permitted());
    await expect.poll(() => outcomes).toEqual([['p1', { kind: 'connection-lost' }]]);
  });
});
