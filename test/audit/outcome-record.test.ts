// What is recorded of a statement after its decision.
import { describe, expect, it } from 'vitest';
import { outcomeRecord } from '../../src/audit/outcome-record.js';

describe('an outcome record', () => {
  it('joins its decision by id and tells where the binary log stands', () => {
    const binlogAfter = { file: 'bin.000001', position: 500, gtid: '0-2-6' };
    const outcome = { kind: 'error', errorCode: 1051 } as const;
    const ended = { id: 'R1', nowMs: 2_000, server: 'db2', outcome, durationMs: 12.5, binlogAfter };
    expect(outcomeRecord(ended)).toEqual({
      v: 1,
      kind: 'outcome',
      id: 'R1',
      time: '1970-01-01T00:00:02.000Z',
      server: 'db2',
      outcome: 'error',
      errorCode: 1051,
      durationMs: 12.5,
      binlogAfter,
    });
  });

  it('tells the GTIDs that the session was told, and that its transaction is open', () => {
    const told = { kind: 'ok', gtids: ['0-2-6'], isOpen: true } as const;
    const ended = { id: 'R1', nowMs: 0, server: 'db2', outcome: told, durationMs: 1 };
    expect(outcomeRecord(ended)).toMatchObject({ gtids: ['0-2-6'], inTransaction: true });
  });
});
