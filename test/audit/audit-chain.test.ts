// When records are signed, and what is told of it.
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AuditChain, type AuditEvent, SIGNATURE_PERIOD_MS } from '../../src/audit/audit-chain.js';
import { headAt, headText } from '../../src/audit/chain.js';
import { temporaryFolder } from './temporary-folder.js';

async function openChain(file = join(temporaryFolder(), 'audit.jsonl')) {
  const events: AuditEvent[] = [];
  const heads: number[] = [];
  let nowMs = 0;
  const chain = await AuditChain.open({
    file,
    clock: { now: () => 0, monotonic: () => nowMs },
    onEvent: (event) => events.push(event),
    onHead: ({ seq }) => heads.push(seq),
  });
  onTestFinished(() => chain.close().catch(() => undefined));
  const turn = (ms: number): void => {
    nowMs += ms;
  };
  /** Links so many records and makes them durable; which of them are signed. */
  const put = (count: number): readonly number[] => {
    const linked = chain.link(Array.from({ length: count }, () => '{"v":1}'));
    chain.written(linked);
    const lines = linked.bytes.toString().split('\n').slice(0, -1);
    const records = lines.map((line) => JSON.parse(line));
    return records.filter(({ signature }) => signature !== undefined).map(({ seq }) => seq);
  };
  return { file, chain, events, heads, turn, put };
}

describe('signatures', () => {
  it('are on the first record of a file, every thousandth, and one a minute', async () => {
    const { chain, put, turn, heads } = await openChain();
    chain.meet({}, 0);
    expect(put(3)).toEqual([1]);
    expect(put(1_000)).toEqual([1_001]);
    expect(put(2)).toEqual([]);
    turn(SIGNATURE_PERIOD_MS);
    expect(put(2)).toEqual([1_007]);
    expect(put(2)).toEqual([]);
    chain.meet({}, 0);
    expect(put(2)).toEqual([1_010]);
    expect(heads.at(-1)).toBe(1_011);
  });

  it('are told with their head, and stand beside the file when nothing more comes', async () => {
    const { chain, put, events } = await openChain();
    chain.checkpoint('stopped');
    expect(events).toEqual([]);
    chain.meet({}, 0);
    put(2);
    expect(chain.isUnsigned).toBe(true);
    chain.checkpoint('interval');
    expect(chain.isUnsigned).toBe(false);
    const head = headText(chain.head);
    expect(events).toEqual([
      { kind: 'checkpoint', head: expect.stringMatching(/^2:/), why: 'signed' },
      { kind: 'checkpoint', head, why: 'interval' },
    ]);
  });
});

describe('the head', () => {
  it('does not move for what did not become durable', async () => {
    const { chain, put } = await openChain();
    chain.meet({}, 0);
    const before = chain.head;
    chain.link(['{"v":1}']);
    expect(chain.head).toBe(before);
    expect(put(1)).toEqual([1]);
  });

  it('goes on where the last life ended, or behind what a file holds beyond that', async () => {
    const { file, chain, put } = await openChain();
    chain.meet({}, 0);
    put(2);
    await chain.close();
    const next = await openChain(file);
    expect(next.chain.head).toEqual(chain.head);
    next.chain.meet({ head: headAt('later', 5) }, 700);
    expect(next.chain.head.seq).toBe(5);
    expect(next.events).toEqual([]);
  });

  it('stays when the file ends before it, and tells how many records are lost', async () => {
    const { chain, put, events } = await openChain();
    chain.meet({}, 0);
    put(5);
    const head = headText(chain.head);
    chain.meet({ head: headAt('earlier', 2) }, 100);
    expect(events.at(-1)).toEqual({ kind: 'tail-lost', records: 3, head });
    expect(headText(chain.head)).toBe(head);
  });
});
