import { expect, it } from 'vitest';
import {
  refusalByTable,
  refusalOfFailure,
  refusalOfMalformed,
  refusalOfStatementId,
  refusalOfUnknown,
} from '../../src/session/refusals.js';

it('names the built-in rule of what is recorded', () => {
  expect(refusalOfUnknown(0x7e)).toMatchObject({
    error: { number: 1047 },
    builtIn: { rule: 'built-in-unknown-command', reason: expect.stringContaining('0x7e') },
  });
  expect(refusalOfUnknown(undefined).builtIn?.rule).toBe('built-in-malformed');
  expect(refusalOfMalformed('COM_QUERY', 'short').builtIn?.rule).toBe('built-in-malformed');
  const long = refusalOfFailure('x'.repeat(900));
  expect(long.builtIn?.rule).toBe('built-in-failure');
  expect(Buffer.byteLength(long.message)).toBeLessThan(500);
});

it('says why, and what to do', () => {
  expect(refusalByTable('COM_BINLOG_DUMP').message).toContain('binlogDump: allow');
  expect(refusalOfStatementId('COM_STMT_EXECUTE', 7).message).toContain('statement 7');
});
