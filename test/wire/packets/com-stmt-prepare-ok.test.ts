import { expect, it } from 'vitest';
import { readComStmtPrepareOk } from '../../../src/wire/packets/com-stmt-prepare-ok.js';
import { prepareOk } from '../../support/packets.js';

it('reads the id and how many definitions follow', () => {
  const read = readComStmtPrepareOk(prepareOk(4_000_000_000, 3, 700));
  expect(read).toEqual({ statementId: 4_000_000_000, columns: 3, parameters: 700 });
  expect(() => readComStmtPrepareOk(prepareOk(1, 1, 1).subarray(0, 8))).toThrow();
});
