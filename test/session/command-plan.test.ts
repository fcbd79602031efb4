import { expect, it } from 'vitest';
import { commandUnderWay } from '../../src/session/activity.js';
import { planOf } from '../../src/session/command-plan.js';
import { commandName, commandRow } from '../../src/session/command-table.js';
import type { SessionOptions } from '../../src/session/session-options.js';
import { SessionState } from '../../src/session/session-state.js';
import { readText } from '../../src/sql/statement-facts.js';
import { onlyPacket } from '../../src/wire/framer.js';
import { command, int } from '../support/packets.js';
import { readWords } from '../support/verdicts.js';

const options: SessionOptions = {
  server: { name: 'db1', host: 'h', port: 1, binlogDump: 'deny' },
  session: 1,
  client: { address: 'a', port: 1 },
  statementBytes: 1_000,
  requireTls: false,
  readText: readWords,
  dialect: () => undefined,
  metrics: { command: () => {}, unguarded: () => {}, asked: () => {} },
};
const state = new SessionState(
  { server: 'db1', session: 1, address: 'a', port: 1 },
  { capabilities: { common: 0, mariadb: 0 }, threadId: 1, user: 'u' },
);

function plan(wire: Buffer, more: Partial<SessionOptions> = {}) {
  const packet = onlyPacket(wire, 1_000);
  if (packet === undefined) throw new Error('no packet');
  const name = commandName(packet.payload[0]);
  return planOf(commandUnderWay(packet, name, commandRow(name)), {
    state,
    options: { ...options, ...more },
  });
}

it('forwards what is harmless, and asks about what is not', () => {
  expect(plan(command(3, 'SELECT 1')).kind).toBe('forward');
  expect(plan(command(14)).kind).toBe('forward');
  expect(plan(command(3, 'DROP TABLE t')).kind).toBe('judge');
});

it('refuses what the table refuses, and has recorded what is not in it', () => {
  expect(plan(command(0x7e)).kind).toBe('judge');
  expect(plan(command(6, 'shop')).kind).toBe('refuse');
  const dump = command(0x12, int(4, 4));
  expect(plan(dump).kind).toBe('refuse');
  const server = { ...options.server, binlogDump: 'allow' as const };
  expect(plan(dump, { server }).kind).toBe('forward');
  const declared = command(0x12, int(4, 4), int(0, 2), int(9, 4), 'binlog.1');
  expect(plan(declared, { readers: [{ serverId: 9, user: 'u' }] }).kind).toBe('forward');
  expect(plan(declared, { readers: [{ serverId: 9, user: 'ghost' }] }).kind).toBe('refuse');
});

it('drops what has no answer and makes no sense', () => {
  expect(plan(command(0x19, int(5, 4))).kind).toBe('drop');
});

it('asks the session first where it can tell more', () => {
  const asked = plan(command(3, 'DROP TABLE t'), { readText });
  expect(asked.kind).toBe('settle');
  expect(plan(command(3, 'PURGE BINARY LOGS BEFORE now()'), { readText }).kind).toBe('judge');
});

it('asks about every statement once a sealed key has opened the glass, and about no other command', () => {
  state.breakGlass = 'A1';
  try {
    expect(plan(command(3, 'SELECT 1'), { readText })).toMatchObject({ kind: 'judge' });
    expect(plan(command(22, 'SELECT 1'), { readText }).kind).toBe('judge');
    expect(plan(command(14)).kind).toBe('forward');
    expect(state.asking()).toMatchObject({ breakGlass: 'A1' });
  } finally {
    state.breakGlass = undefined;
  }
  expect(plan(command(3, 'SELECT 1'), { readText }).kind).toBe('forward');
});
