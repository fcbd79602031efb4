import { describe, expect, it } from 'vitest';
import { afterResponse, staticReading } from '../../src/session/command-effects.js';
import type { JudgedSession } from '../../src/session/judged-commands.js';
import { ResponsePhase } from '../../src/session/response-phase.js';
import { SessionState } from '../../src/session/session-state.js';
import { bytes, errPayload, int, okPayload, packet } from '../support/packets.js';

const capabilities = { common: 0, mariadb: 0 };
const newState = (): SessionState =>
  new SessionState(
    { server: 'db1', session: 1, address: 'a', port: 1 },
    { capabilities, threadId: 1, user: 'u', database: 'crm' },
  );

function answered(payload: Buffer): ResponsePhase {
  const response = new ResponsePhase('result', capabilities, 0);
  response.take(packet(1, payload));
  return response;
}

const of = (state: SessionState): JudgedSession => ({
  state,
  options: {
    server: { name: 'db1', host: 'h', port: 1, binlogDump: 'deny' },
    session: 1,
    client: { address: 'a', port: 1 },
    statementBytes: 1_000,
    requireTls: false,
    readText: () => facts,
    dialect: () => undefined,
    metrics: { command: () => {}, unguarded: () => {}, asked: () => {} },
  },
});

const facts = { effects: [], statements: [] };

describe('what a command does to its session', () => {
  it('prepares a name in the schema in which its text began', () => {
    const state = newState();
    const text = Buffer.from('TRUNCATE t');
    const said = { ...facts, prepares: { name: 's', text }, movesTo: { schema: 'hr' } };
    const command = { name: 'COM_QUERY', payload: bytes(3, 'x'), facts: said } as const;
    afterResponse(of(state), command, answered(okPayload()));
    expect(state.names.find('s')?.database).toBe('crm');
    expect(state.database).toBe('hr');
  });

  it('moves nothing when one statement failed, and loses track when several may have run', () => {
    const one = { ...facts, statements: [{ start: 0, end: 3 }], movesTo: { schema: 'hr' } };
    const state = newState();
    const payload = bytes(3, 'x');
    afterResponse(
      of(state),
      { name: 'COM_QUERY', payload, facts: one },
      answered(errPayload(1049)),
    );
    expect(state.database).toBe('crm');
    const many = {
      ...facts,
      statements: [...one.statements, ...one.statements],
      movesTo: one.movesTo,
    };
    afterResponse(
      of(state),
      { name: 'COM_QUERY', payload, facts: many },
      answered(errPayload(1049)),
    );
    expect(state.database).toBeUndefined();
  });

  it('does not know the schema after a text that does not tell it', () => {
    const state = newState();
    const moves = { ...facts, movesTo: 'unknown' as const };
    const command = { name: 'COM_QUERY' as const, payload: bytes(3), facts: moves };
    afterResponse(of(state), command, answered(okPayload()));
    expect(state.database).toBeUndefined();
  });

  it('knows nothing for sure after a COM_CHANGE_USER that failed', () => {
    const state = newState();
    state.statements.add(1, { facts, text: Buffer.alloc(0), readOnly: true });
    const changeUser = { user: 'eve', attributes: new Map<string, string>() };
    const command = { name: 'COM_CHANGE_USER' as const, payload: bytes(0x11), changeUser };
    afterResponse(of(state), command, answered(errPayload(1045)));
    expect(state).toMatchObject({ user: 'u', database: undefined });
    expect(state.statements.size).toBe(0);
  });

  it('lets pass, drops or refuses what carries no statement', () => {
    const state = newState();
    const read = (name: Parameters<typeof staticReading>[0], payload: Buffer) =>
      staticReading(name, payload, state).kind;
    expect(read('COM_PING', bytes(14))).toBe('pass');
    expect(read('COM_STMT_CLOSE', bytes(0x19, 1))).toBe('drop');
    expect(read('COM_STMT_CLOSE', bytes(0x19, int(1, 4)))).toBe('drop');
    expect(read('COM_STMT_RESET', bytes(0x1a, int(1, 4)))).toBe('refuse');
    expect(read('COM_STMT_FETCH', bytes(0x1c))).toBe('refuse');
    expect(read('COM_CHANGE_USER', bytes(0x11, 'x'))).toBe('refuse');
  });
});
